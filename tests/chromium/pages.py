"""Every page of the demonstration site, and every state a page can be in: the one list that all browser tests visit."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from types import MappingProxyType

from portal.core.calendar import QUEBEC
from portal.core.languages import LANGUAGES, Language
from portal.core.numbers import EXAMPLE_REFERENCE
from portal.demo import content
from portal.status.rules import STAGES
from tests import addresses

CHECK: dict[Language, str] = {"fr": "/fr/dates/verifier", "en": "/en/dates/check"}
PREPARE: dict[Language, str] = {"fr": "/fr/preparer/", "en": "/en/prepare/"}
LOOKUP: dict[Language, str] = {"fr": "/fr/suivi/", "en": "/en/status/"}
ROW: dict[Language, str] = {"fr": "/fr/dates/{}/", "en": "/en/dates/{}/"}
NOTICE: dict[Language, str] = {"fr": "/fr/avis/{}/x", "en": "/en/notices/{}/x"}
VERSIONS: dict[Language, str] = {"fr": "/fr/avis/versions/{}/", "en": "/en/notices/versions/{}/"}
HISTORY: dict[Language, str] = {"fr": "/fr/dates/{}/historique/", "en": "/en/dates/{}/history/"}
CHANGES: dict[Language, str] = {"fr": "/fr/dates/changements", "en": "/en/dates/changes"}
SEARCH: dict[Language, str] = {"fr": "/fr/recherche/", "en": "/en/search/"}
LISTS: dict[Language, str] = {"fr": "/fr/avis/", "en": "/en/notices/"}
#: Lookups that one client may send in a minute, and one more.
TOO_MANY = 11
#: The demonstration's notice without an English text.
FRENCH_ONLY = 4
#: The one with a major change, and the one that was withdrawn.
CHANGED, WITHDRAWN = 3, 9
#: A row defined and never published, added to the demonstration so that this state too is looked at.
UNPUBLISHED = "never-published"
#: One that ended, likewise.
ENDED = "ended-row"
_GROUP = "directives,Registre des directives médicales anticipées,Registry of advance medical directives"
ROWS = (
    "row,group,group_fr,group_en,label_fr,label_en,grace_days,last_day\n"
    f"{UNPUBLISHED},{_GROUP},Retrait d’un accès au registre,Removal of registry access,20,\n"
    f"{ENDED},{_GROUP},Ancien accès au registre,Former registry access,20,2025-06-30\n"
)
#: The edition of the demonstration that was a mistake; the next one takes it back.
MISTAKE = content.WEEKS - content.MISTAKE[0] + 1


@dataclass(frozen=True, slots=True)
class Page:
    """A page in one language: its address, the form sent from there (and how often), the status it answers with."""

    name: str
    language: Language
    path: str
    status: int = 200
    form: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    times: int = 1

    def __str__(self) -> str:
        return f"{self.name}-{self.language}"


#: The day of the demonstration that the tests start: today, as `portal run` sees it.
TODAY = datetime.now(QUEBEC).date()


def routes() -> list[Page]:
    """Return each route of the site in both languages."""
    return [Page(endpoint.replace(".", "-"), language, path) for endpoint, language, path in addresses.pages()]


def states() -> list[Page]:
    """Return the pages that the routes alone do not show: answers, errors, rows and notices of every kind."""
    return [page for language in LANGUAGES for page in _states(language)]


def _states(language: Language) -> Iterator[Page]:
    for verdict, row, day in verdicts():
        yield Page(f"check-{verdict}", language, f"{CHECK[language]}?type={row}&date={day}")
    back = date.fromisoformat(_last()["b2b-certificate"]) + timedelta(days=1)
    yield Page("check-went-back", language, f"{CHECK[language]}?type=b2b-certificate&date={back}")
    yield Page("check-no-forecast", language, f"{CHECK[language]}?type=access-renewal&date={TODAY}")
    yield Page("check-empty", language, f"{CHECK[language]}?type=&date=", 422)
    yield Page("check-in-future", language, f"{CHECK[language]}?type=access-new&date=2999-01-01", 422)
    for row in ("b2b-test", "access-removal", "selat-change", "directives-renewal", UNPUBLISHED, ENDED):
        yield Page(f"row-{row}", language, ROW[language].format(row))
    yield Page("failure-404-no-such-row", language, ROW[language].format("nowhere"), 404)
    yield from _past(language)
    yield from _notices(language)
    yield Page("contact-region", language, f"/{language}/contact/?region=montreal")
    yield Page("contact-no-such-region", language, f"/{language}/contact/?region=ontario", 404)
    yield Page("notice-french-only", language, NOTICE[language].format(FRENCH_ONLY))
    yield Page("notice-with-a-table", language, NOTICE[language].format(FRENCH_ONLY * 2))
    yield Page("failure-404", language, f"/{language}/nowhere", 404)
    yield Page("failure-404-no-such-page-of-a-list", language, f"{LISTS[language]}?page=99", 404)
    yield from _searches(language)
    yield from _prepared(language)
    yield from _lookups(language)


def _notices(language: Language) -> Iterator[Page]:
    notice, versions = NOTICE[language], VERSIONS[language]
    yield Page("notice-promises", language, notice.format(1))
    yield Page("notice-promise-kept", language, notice.format(2))
    yield Page("notice-changed", language, notice.format(CHANGED))
    yield Page("notice-keeps", language, notice.format(5))
    yield Page("notice-touches-rows", language, notice.format(6))
    yield Page("failure-410", language, notice.format(WITHDRAWN), 410)
    yield Page("notices-of-two-audiences", language, f"{LISTS[language]}?clientele=professionals,developers")
    yield Page("notice-versions", language, versions.format(CHANGED))
    yield Page("notice-changes", language, f"{versions.format(CHANGED)}1/2/")
    yield Page("notice-changes-french-only", language, f"{versions.format(FRENCH_ONLY)}1/2/")
    yield Page("group-selat", language, f"/{language}/dates/{'groupes' if language == 'fr' else 'groups'}/selat/")
    yield Page("failure-404-no-such-audience", language, f"{LISTS[language]}?clientele=everyone,developers", 404)


def _past(language: Language) -> Iterator[Page]:
    changes = CHANGES[language]
    for row in ("b2b-certificate", "access-renewal", "access-removal", "selat-change", UNPUBLISHED):
        yield Page(f"history-{row}", language, HISTORY[language].format(row))
    yield Page("edition-mistake", language, f"/{language}/dates/editions/{MISTAKE}/")
    yield Page("edition-correction", language, f"/{language}/dates/editions/{MISTAKE + 1}/")
    yield Page("changes-since", language, f"{changes}?since={MISTAKE - 1}")
    yield Page("changes-between", language, f"{changes}?since={MISTAKE - 1}&until={MISTAKE + 1}")
    yield Page("changes-backwards", language, f"{changes}?since={MISTAKE}&until=1", 422)


def _searches(language: Language) -> Iterator[Page]:
    searched = {
        "results": "date",
        "form": "4058",
        "form-by-words": "SELAT",
        "french-only": "courriels+introuvables",
        "close": "service+zzz",
        "nothing": "zzz",
    }
    for name, words in searched.items():
        yield Page(f"search-{name}", language, f"{SEARCH[language]}?q={words}")
    yield Page("search-no-word", language, f"{SEARCH[language]}?q=%3F%21", 422)
    yield Page("search-too-long", language, f"{SEARCH[language]}?q={'x' * 200}", 422)


def _prepared(language: Language) -> Iterator[Page]:
    path = PREPARE[language]
    asked = {
        "by-email": "form=1001",
        "sent-by-email": "form=1001&date=2021-07-22",
        "sent-by-mail": "form=1001&date=2021-07-21",
        "still-by-mail": "form=4058",
        "suspended": "form=4200",
        "no-credentials": "form=1004",
        "unknown": "form=9999",
    }
    for name, query in asked.items():
        yield Page(f"prepare-{name}", language, f"{path}?{query}")
    yield Page("prepare-wrong", language, f"{path}?form=&date=2999-01-01", 422)
    typed = {
        "two-addresses": ("jacques@gmail.com", "jacques.untel@xx.com", 200),
        "shared": ("info-clinique@xx.com", "secretariat@xx.com", 200),
        "personal": ("jacques@gmail.com", "jacques@videotron.ca", 200),
        "one-mailbox": ("jacques@gmail.com", "Jac.ques@gmail.com", 422),
        "no-address": ("jacques", "jacques@clinique.local", 422),
        "refused": ("information@xx.com", "jacques.untel@xx.com", 422),
    }
    for name, (user, authoriser, status) in typed.items():
        form = {"form": "1001", "date": "", "user": user, "authoriser": authoriser, "one_person": "yes"}
        yield Page(f"prepare-{name}", language, path, status, form)


def _lookups(language: Language) -> Iterator[Page]:
    path = LOOKUP[language]
    for stage, form in (*requests(), by_email()):
        yield Page(f"status-{stage}", language, path, form=form)
    miss = {"reference": EXAMPLE_REFERENCE, "date": str(TODAY)}
    yield Page("status-miss", language, path, form=miss)
    yield Page("status-empty", language, path, 422, {"reference": "", "date": ""})
    yield Page("status-mistyped", language, path, 422, {"reference": "9W88G-WVWN7-Z", "date": "2999-01-01"})
    yield Page("failure-429", language, path, 429, miss, TOO_MANY)


def verdicts() -> list[tuple[str, str, date]]:
    """Return a row and a received date for each verdict; test_list holds them to the site's own rules."""
    new = date.fromisoformat(_last()["access-new"])
    return [
        ("not_yet", "access-new", TODAY),
        ("today", "access-new", new),
        ("allow_time", "access-new", new - timedelta(days=1)),
        ("call_us", "access-new", new - timedelta(days=200)),
        ("up_to_date", "access-removal", TODAY),
        ("suspended", "selat-change", TODAY),
        ("merged", "directives-renewal", TODAY),
        ("ended", ENDED, TODAY),
        ("unpublished", UNPUBLISHED, TODAY),
    ]


def _last() -> dict[str, str]:
    """Return the received dates of the last edition, by row."""
    *_before, last = content.editions(TODAY)
    return {line["row"]: line["received_on"] for line in csv.DictReader(io.StringIO(last.file.decode()))}


def requests() -> list[tuple[str, dict[str, str]]]:
    """Return each stage, with what the visitor of such a request types."""
    first = {request.stage: request for request in reversed(content.requests(TODAY))}
    return [(stage, {"reference": first[stage].reference, "date": str(first[stage].received_on)}) for stage in STAGES]


def by_email() -> tuple[str, dict[str, str]]:
    """Return the form of the person who authorised a request whose credentials went by e-mail."""
    found = next(request for request in content.requests(TODAY) if request.authoriser_reference)
    return "processed-by-email", {"reference": found.authoriser_reference, "date": str(found.received_on)}


PAGES = routes() + states()
#: Where a French visitor begins, by the page's name.
START = {page.name: page for page in PAGES if page.language == "fr"}
