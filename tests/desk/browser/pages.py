"""Every page of the desk, and every state a page can be in: the one list that the browser tests and pictures visit.

A screen that is added to the desk gets its lines here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from portal.core.languages import LANGUAGES
from portal.demo import content
from tests.chromium.pages import TODAY, Page
from tests.makers import a_request, a_requests_file

#: Who is in front of the browser, beside the roles: each is made by `people.Staff`.
NOBODY = "nobody"
HALF = "half"  # has given the password, not the code
NEWCOMER = "newcomer"  # has given the password, and has no application yet
HOLDER = "holder"  # the same, with a passkey beside the application
INVITED = "invited"  # has done nothing yet: no window is theirs
ANEW = "anew"  # the same, invited once more: what they were given first is good no more
COLLEAGUE = "colleague"  # another publisher
ADMINISTRATOR, EDITOR, PUBLISHER, CLERK = "administrator", "editor", "publisher", "clerk"
SUBMIT = "main form [type=submit]"
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sending:
    """What is typed into the form of a page, box by box, and the button that is pressed then."""

    typed: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    press: str = SUBMIT


@dataclass(frozen=True, slots=True)
class Screen(Page):
    """A page of the desk: who opens it, and what they send there, one form after the other.

    `path` may name an `{invitation}` and a `{person}`; `form` is sent without the token that the page gives.
    """

    who: str = NOBODY
    sent: Sequence[Sending] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table; `fr` and `en` are the addresses after the language, `en` where it is another one."""

    name: str
    who: str
    fr: str
    en: str = ""
    sent: Sequence[Sending] = ()
    status: int = 200
    form: Mapping[str, str] = field(default_factory=lambda: NOTHING)


EMPTY = Sending()
UNKNOWN = Sending({"email": "inconnue@agence-essai.ca", "password": "trois loutres rapides"})
WRONG_CODE = Sending({"code": "000000"})
SHORT = Sending({"password": "non", "new_password": "court", "new_password_confirm": "long"})
GUESSED = Sending({"password": "motdepasse", "password_confirm": "autre"})
CHECKING = "form.d-dates > p [type=submit]"
#: A date that is none, one that is far ahead, and one that goes back.
WRONG_DATE, FAR, BACK = (
    Sending({"date-access-new": typed}, CHECKING) for typed in ("hier", f"{TODAY:%m-%d}", f"{TODAY.year - 1}-01-05")
)
#: An edition to come, the same whoever schedules it first: the row is touched by no other test.
TO_COME = Sending({"same-access-removal": "yes", "day": f"{TODAY + timedelta(days=2)}", "hour": "08:00"}, CHECKING)
CANCELLED = Sending(press="form:has(#reason) .p-button")
PAST = Sending({"same-access-removal": "yes", "day": f"{TODAY}", "hour": "00:00"}, CHECKING)
#: What is pressed in each form of hours and telephones, of the delivery rules, and of requests.
HOURS, DAYS, HOLIDAYS, PHONE = (
    "form:has(#week-first_day) .p-button",
    "form:has(#special-first_day) .p-button",
    f"form:has([id='{TODAY.year + 1}-more']) .p-button",
    "form:has(#line-montreal-number) .p-button",
)
COVER, END = "form:has(#rule-key) .p-button", "form:has(#end-key) .p-button"
OPEN, TRY, IMPORT = "form:has(#reference) .p-button", "form:has(#reason) .p-button", "form:has([name=tried]) .p-button"
STAGE, CORRECT = "form:has(#stage) .p-button", "form:has(#kept-stage) .p-button"
STORM = {
    "special-first_day": f"{TODAY.year + 1}-01-11",
    "special-last_day": f"{TODAY.year + 1}-01-12",
    "special-hours": "10 h à 12 h",
    "special-why_fr": "Tempête",
    "special-why_en": "Storm",
}
A_RULE = {
    "rule-forms": "4058 4123",
    "rule-first_day": "2026-01-01",
    "rule-by": "email",
    "rule-notice": "temporary-password-by-email",
    "rule-key": "b2b-by-email",
}
AN_END = {"end-key": "forms-still-by-mail", "end-last_day": "2100-01-01"}
A_FILE = a_requests_file(a_request(received_on=str(TODAY), changed_on=str(TODAY), form="9999"))
A_WRONG_FILE = a_requests_file(a_request(reference="x", stage="lost"), a_request(form="12"))
OPENED, _, _, _, _, CLOSED, *_ = (Sending({"reference": one.reference}, OPEN) for one in content.requests(TODAY))
TRIED = Sending({"file": A_FILE}, TRY)
BEFORE = {"expected": "0"}
CONTACT: Sequence[Line] = (
    Line("contact", PUBLISHER, "contact/"),
    Line("contact-day", PUBLISHER, "contact/?day=2027-06-24&hour=10:00"),
    Line("contact-day-empty", PUBLISHER, "contact/?day=&hour=", status=422),
    Line("contact-hours-empty", PUBLISHER, "contact/", sent=[Sending({"week-monday": ""}, HOURS)], status=422),
    Line("contact-special-empty", PUBLISHER, "contact/", sent=[Sending(press=DAYS)], status=422),
    Line("contact-special-tried", PUBLISHER, "contact/", sent=[Sending(STORM, f"{DAYS}[value=try]")]),
    Line("contact-special-stale", PUBLISHER, "contact/", sent=[Sending(STORM | BEFORE, DAYS)], status=409),
    Line("contact-holidays", PUBLISHER, "contact/", sent=[Sending(press=f"{HOLIDAYS}[value=try]")]),
    Line("contact-phone-empty", PUBLISHER, "contact/", sent=[Sending({"line-montreal-number": ""}, PHONE)], status=422),
)
RULES: Sequence[Line] = (
    Line("rules", PUBLISHER, "regles/", "rules/"),
    Line("rules-empty", PUBLISHER, "regles/", "rules/", [Sending(press=COVER)], 422),
    Line("rules-tried", PUBLISHER, "regles/", "rules/", [Sending(A_RULE, f"{COVER}[value=try]")]),
    Line("rules-asked", PUBLISHER, "regles/", "rules/", [Sending(A_RULE, COVER)], 422),
    Line("rules-end", PUBLISHER, "regles/", "rules/", [Sending(AN_END, f"{END}[value=try]")]),
    Line("rules-stale", PUBLISHER, "regles/", "rules/", [Sending(AN_END | BEFORE, END)], 409),
)
REQUESTS: Sequence[Line] = (
    Line("requests", CLERK, "demandes/", "requests/"),
    Line("requests-unknown", CLERK, "demandes/", "requests/", [Sending({"reference": "x"}, OPEN)], 422),
    Line("requests-wrong-file", CLERK, "demandes/", "requests/", [Sending({"file": A_WRONG_FILE}, TRY)], 422),
    Line("requests-tried", CLERK, "demandes/", "requests/", [TRIED]),
    Line(
        "requests-other", CLERK, "demandes/", "requests/", [Sending({"file": A_FILE}, TRY), Sending(press=IMPORT)], 422
    ),
    Line("request", CLERK, "demandes/", "requests/", [OPENED]),
    Line("request-empty", CLERK, "demandes/", "requests/", [OPENED, Sending(press=STAGE)], 422),
    Line("request-correct", CLERK, "demandes/", "requests/", [OPENED, Sending(press=CORRECT)], 422),
    Line("request-closed", CLERK, "demandes/", "requests/", [CLOSED]),
)
NEW = ("avis/new/?draft=no", "notices/new/?draft=no")
KEPT = ("avis/check-spam-folder/?draft=no", "notices/check-spam-folder/?draft=no")
WITHDRAWAL = ("avis/rss-feeds/retirer", "notices/rss-feeds/withdraw")
BODY = """### Quand

[Voyez](/fr/nulle-part) les dates, par email.

| Jour | Heure |
|---|---|
| lundi | 8 h |
"""
#: A notice of this title is written nowhere else: the key that comes of it is then free in any order of the tests.
WRITTEN = Sending({"title_fr": "Le service est rétabli", "body_fr": BODY, "audiences": "professionals", "when": "now"})
CHANGED = Sending({"body_fr": "Le courriel vous parvient le jour même.", "forms": "4058", "note_fr": "Un mot."})
LINES: Sequence[Line] = (
    Line("sign-in", NOBODY, "session"),
    Line("sign-in-empty", NOBODY, "session", sent=[EMPTY], status=422),
    Line("sign-in-wrong", NOBODY, "session", sent=[UNKNOWN], status=422),
    Line("invitation", NOBODY, "invitation/{invitation}"),
    Line("invitation-empty", NOBODY, "invitation/{invitation}", sent=[EMPTY], status=422),
    Line("invitation-guessed", NOBODY, "invitation/{invitation}", sent=[GUESSED], status=422),
    Line("application-first", NEWCOMER, "account/application"),
    Line("application-key", NEWCOMER, "account/application", sent=[EMPTY]),
    Line("application-wrong", NEWCOMER, "account/application", sent=[EMPTY, WRONG_CODE], status=422),
    Line("code", HALF, "session/code"),
    Line("code-empty", HALF, "session/code", sent=[EMPTY], status=422),
    Line("code-wrong", HALF, "session/code", sent=[WRONG_CODE], status=422),
    Line("recovery", HALF, "session/recovery"),
    Line("recovery-wrong", HALF, "session/recovery", sent=[WRONG_CODE], status=422),
    Line("factor", HOLDER, "session/factor"),
    Line("passkey", HOLDER, "session/factor", sent=[Sending(press="[value=webauthn]")]),
    Line("home", EDITOR, ""),
    Line("account", EDITOR, "compte/", "account/"),
    Line("account-passkey", ADMINISTRATOR, "compte/", "account/"),
    Line("password", EDITOR, "account/password"),
    Line("password-empty", EDITOR, "account/password", sent=[EMPTY], status=422),
    Line("password-wrong", EDITOR, "account/password", sent=[SHORT], status=422),
    Line("application", EDITOR, "account/application"),
    Line("application-other", EDITOR, "account/application", sent=[EMPTY]),
    Line("application-other-wrong", EDITOR, "account/application", sent=[EMPTY, WRONG_CODE]),
    Line("passkeys", EDITOR, "account/passkeys"),
    Line("passkeys-made", ADMINISTRATOR, "account/passkeys"),
    Line("passkeys-empty", EDITOR, "account/passkeys", sent=[EMPTY], status=422),
    Line("codes", EDITOR, "account/codes"),
    Line("codes-made", EDITOR, "account/codes", sent=[EMPTY]),
    Line("confirm", EDITOR, "session/confirm"),
    Line("confirm-passkey", ADMINISTRATOR, "session/confirm"),
    Line("confirm-wrong", EDITOR, "session/confirm", sent=[Sending({"password": "non"})], status=422),
    Line("confirm-by-passkey", ADMINISTRATOR, "session/confirm/passkey"),
    Line("dates", PUBLISHER, "dates/"),
    Line("dates-wrong", EDITOR, "dates/?draft=no", sent=[WRONG_DATE], status=422),
    Line("dates-check", EDITOR, "dates/?draft=no", sent=[FAR]),
    Line("dates-check-back", PUBLISHER, "dates/?draft=no", sent=[BACK]),
    Line("dates-unanswered", PUBLISHER, "dates/?draft=no", sent=[BACK, EMPTY], status=422),
    Line("dates-past", PUBLISHER, "dates/?draft=no", sent=[PAST], status=422),
    Line("dates-check-later", PUBLISHER, "dates/?draft=no", sent=[TO_COME]),
    Line("edition-to-come", PUBLISHER, "dates/?draft=no", sent=[TO_COME, EMPTY]),
    Line("edition-to-come-unsaid", PUBLISHER, "dates/?draft=no", sent=[TO_COME, EMPTY, CANCELLED], status=422),
    Line("edition", PUBLISHER, "dates/editions/106"),
    Line("edition-unsaid", PUBLISHER, "dates/editions/106", sent=[EMPTY], status=422),
    *CONTACT,
    *RULES,
    *REQUESTS,
    Line("notices", PUBLISHER, "avis/", "notices/"),
    Line("notice-new", PUBLISHER, *NEW),
    Line("notice-empty", PUBLISHER, *NEW, [EMPTY], 422),
    Line("notice-check", PUBLISHER, *NEW, [WRITTEN]),
    Line("notice-unlooked", PUBLISHER, *NEW, [WRITTEN, EMPTY], 422),
    Line("notice-check-editor", EDITOR, *NEW, [WRITTEN]),
    Line("notice-kept", PUBLISHER, *KEPT),
    Line("notice-change", PUBLISHER, *KEPT, [CHANGED]),
    Line("notice-withdrawal", PUBLISHER, *WITHDRAWAL),
    Line("notice-withdrawal-empty", PUBLISHER, *WITHDRAWAL, [EMPTY], 422),
    Line("notice-withdrawn", EDITOR, "avis/maintenance-october-2026/", "notices/maintenance-october-2026/"),
    Line("people", ADMINISTRATOR, "personnes/", "people/"),
    Line("people-empty", ADMINISTRATOR, "personnes/", "people/", [EMPTY], 422),
    Line("person", ADMINISTRATOR, "personnes/{person}/", "people/{person}/"),
    Line("person-invited", ADMINISTRATOR, "personnes/{person}/", "people/{person}/", [Sending(press="[value=invite]")]),
    Line("log", ADMINISTRATOR, "journal/", "log/"),
    Line("log-wrong", ADMINISTRATOR, "journal/?first_day=hier", "log/?first_day=hier", status=422),
    Line("log-verification", ADMINISTRATOR, "journal/verification", "log/verification"),
    Line("failure-403", EDITOR, "personnes/", "people/", status=403),
    Line("failure-404", EDITOR, "nulle-part", "nowhere", status=404),
    Line("failure-404-nobody", NOBODY, "nulle-part", "nowhere", status=404),
    Line("again-over", NOBODY, "personnes/ajouter", "people/add", status=401, form={"name": "Ève"}),
    Line("again-file", NOBODY, "demandes/essayer", "requests/try", status=401, form={"correct": "yes"}),
    Line("again-old", ADMINISTRATOR, "personnes/ajouter", "people/add", status=400, form={"name": "Ève"}),
)


def _screens() -> Iterator[Screen]:
    for line in LINES:
        for language in LANGUAGES:
            path = f"/desk/{language}/{line.fr if language == 'fr' else line.en or line.fr}"
            yield Screen(line.name, language, path, line.status, line.form, who=line.who, sent=line.sent)


SCREENS = tuple(_screens())
#: In French, by name.
START = {screen.name: screen for screen in SCREENS if screen.language == "fr"}
