"""The table, one row, and "has my date been reached?", as visitors open them in both languages."""

from urllib.parse import urlencode

import pytest
import time_machine

from tests.makers import ROWS, Office, in_quebec
from tests.visitor import Visit, inspect, visit

#: A Wednesday, at ten in the morning.
NOW = "2026-11-18 10:00"
MORE_ROWS = ROWS.replace("grace_days\n", "grace_days,merged_into\n") + (
    "halted,online,Services en ligne,Online services,Accès suspendu,Halted access,,7,3,10,\n"
    "prompt,online,Services en ligne,Online services,Accès rapide,Prompt access,,7,3,10,\n"
    "silent,online,Services en ligne,Online services,Accès futur,Coming access,,7,3,10,\n"
    "former,online,Services en ligne,Online services,Ancien accès,Former access,,7,3,10,new\n"
)
FIRST = "row,received_on,meaning\nnew,2026-10-05,\nb2b,2026-10-02,\nhalted,,suspended\nprompt,,up_to_date\n"
SECOND = "row,received_on,meaning\nnew,2026-10-30,\nb2b,2026-10-02,\nhalted,,suspended\nprompt,,up_to_date\n"
CHECK = {"fr": "/fr/dates/verifier", "en": "/en/dates/check"}
LANGUAGES = ("fr", "en")


@pytest.fixture
def published(office: Office, clock: time_machine.Traveller) -> Office:
    """A table of which `new` moved on 17 November and `b2b` stood still."""
    office.did("dates", "rows", office.file(MORE_ROWS))
    office.publishes_dates(FIRST, as_of="2026-10-20")
    office.publishes_dates(SECOND, as_of="2026-11-17")
    return office


def address(language: str, **arguments: str) -> str:
    return f"{CHECK[language]}?{urlencode(arguments)}"


def asked(office: Office, language: str, row: str, day: str) -> Visit:
    return visit(office, address(language, type=row, date=day))


def verdict(found: Visit) -> str:
    return found.one(".p-answer__verdict").to_text().strip()


ANSWERS = [
    (
        "new",
        "2026-11-05",
        "Non, pas encore",
        "En date du 17 novembre 2026, nous traitons les demandes reçues le 30 octobre 2026. "
        "Prochaine mise à jour : 24 novembre 2026. "
        "Nous ne pouvons pas dire quand cette date sera atteinte. "
        "La date de cette ligne n’a changé qu’une fois jusqu’ici : c’est trop peu pour une prévision. "
        "Il y a 6 jours civils entre la date en traitement et la vôtre.",
        "No, not yet",
        "As of November 17, 2026, we are processing the requests received on October 30, 2026. "
        "Next update: November 24, 2026. "
        "We cannot say when this date will be reached. "
        "The date of this row has moved only once so far: that is too little to forecast from. "
        "There are 6 calendar days between the date being processed and yours.",
    ),
    (
        "new",
        "2026-10-31",
        "Non, pas encore",
        "Il y a 1 jour civil entre la date en traitement et la vôtre.",
        "No, not yet",
        "There is 1 calendar day between the date being processed and yours.",
    ),
    (
        "new",
        "2026-10-30",
        "Oui, votre demande est en traitement",
        "nous traitons les demandes reçues le même jour que la vôtre. "
        "Une fois votre demande traitée, prévoyez 10 jours ouvrables pour recevoir les courriels.",
        "Yes, your request is being processed now",
        "we are processing the requests received on the same day as yours. "
        "Once your request is processed, allow 10 working days for the e-mails to reach you.",
    ),
    (
        "new",
        "2026-10-20",
        "Oui, votre demande devrait avoir été traitée",
        "Prévoyez jusqu’au 1er décembre 2026 pour recevoir les courriels.",
        "Yes, your request should have been processed",
        "Allow until December 1, 2026 for the e-mails to reach you.",
    ),
    (
        "new",
        "2026-10-01",
        "Oui, et vous devriez avoir reçu une réponse : communiquez avec nous",
        "En date du 17 novembre 2026, nous traitons les demandes reçues le 30 octobre 2026, "
        "et le délai à prévoir est passé.",
        "Yes, and you should have heard from us: contact us",
        "As of November 17, 2026, we are processing the requests received on October 30, 2026, "
        "and the time to allow has passed.",
    ),
    (
        "b2b",
        "2026-11-05",
        "Non, pas encore",
        "La date de cette ligne n’a pas encore changé : c’est trop peu pour une prévision.",
        "No, not yet",
        "The date of this row has not moved yet: that is too little to forecast from.",
    ),
    (
        "halted",
        "2026-10-01",
        "Le traitement est suspendu",
        "En date du 17 novembre 2026, nous ne traitons pas les demandes de ce type.",
        "Processing is suspended",
        "As of November 17, 2026, we are not processing requests of this kind.",
    ),
    (
        "prompt",
        "2026-11-18",
        "Oui, nous sommes à jour",
        "En date du 17 novembre 2026, les demandes de ce type sont traitées dès leur arrivée.",
        "Yes, we are up to date",
        "As of November 17, 2026, requests of this kind are processed as they arrive.",
    ),
    (
        "former",
        "2026-10-01",
        "Ces demandes sont maintenant traitées avec d’autres",
        "Vérifiez votre date avec le type de demande qui comprend maintenant le vôtre : Nouvel accès",
        "These requests are now processed with others",
        "Check your date with the kind of request that now includes yours: New access",
    ),
    (
        "silent",
        "2026-10-01",
        "Aucune date n’est encore publiée",
        "Nous n’avons pas encore publié de date pour ce type de demande.",
        "No date has been published yet",
        "We have not published a date for this kind of request yet.",
    ),
]


@pytest.mark.parametrize(("row", "day", "title_fr", "words_fr", "title_en", "words_en"), ANSWERS)
def test_the_check_answers_each_case_in_plain_words(
    published: Office, row: str, day: str, title_fr: str, words_fr: str, title_en: str, words_en: str
) -> None:
    for language, title, words in (("fr", title_fr, words_fr), ("en", title_en, words_en)):
        found = asked(published, language, row, day)
        assert verdict(found).replace("\u00a0", " ") == title
        assert words in found.spoken


@pytest.mark.parametrize(("row", "day"), [("new", "2026-11-05"), ("halted", "2026-10-01"), ("silent", "2026-10-01")])
def test_what_travels_is_said_only_once_the_date_is_reached(published: Office, row: str, day: str) -> None:
    assert not asked(published, "en", row, day).all("#next-title")
    assert not asked(published, "fr", row, day).all("#next-title")


def test_a_holiday_that_staff_add_prolongs_the_delay_on_a_kept_page(published: Office) -> None:
    assert "Allow until December 1, 2026" in asked(published, "en", "new", "2026-10-20").spoken
    published.did("contact", "holidays", "2026", "--confirm", "--add", "2026-11-30", "jour donné", "day given")
    for language, words in (("en", "Allow until December 2, 2026"), ("fr", "Prévoyez jusqu’au 2 décembre 2026")):
        assert words in asked(published.another_worker(), language, "new", "2026-10-20").spoken


def test_credentials_travel_by_email_for_a_form_of_the_rule_of_july_2021(published: Office) -> None:
    assert "password goes by e-mail to the user" in asked(published, "en", "new", "2026-10-30").spoken
    assert (
        "envoyé par courriel à la personne qui autorise la demande"
        in asked(published, "fr", "new", "2021-07-22").spoken
    )


@pytest.mark.parametrize(("row", "day"), [("b2b", "2026-10-02"), ("new", "2021-07-21")])
def test_credentials_travel_by_registered_mail_for_the_other_forms_and_days(
    published: Office, row: str, day: str
) -> None:
    assert "come by registered mail." in asked(published, "en", row, day).spoken
    found = asked(published, "fr", row, day).spoken
    assert "Le mot de passe temporaire et le nom d’utilisateur arrivent par courrier recommandé." in found
    assert "courriel à l" not in found


def test_a_date_not_reached_leads_to_the_feed_of_its_row(published: Office) -> None:
    for language, feed in (("fr", "/fr/dates/new/fil.rss"), ("en", "/en/dates/new/feed.rss")):
        links = asked(published, language, "new", "2026-11-05").all("main a[type='application/rss+xml']")
        assert [link.attrs["href"] for link in links] == [feed]
        assert published.get(feed).status_code == 200


def test_the_answer_to_a_merged_row_leads_to_the_same_question_about_the_other(published: Office) -> None:
    for language in LANGUAGES:
        link = asked(published, language, "former", "2026-10-01").one("main .p-answer a").attrs["href"]
        assert link == address(language, type="new", date="2026-10-01")


def test_the_twin_keeps_the_kind_of_request_and_the_date(published: Office) -> None:
    for language, twin in (("fr", "en"), ("en", "fr")):
        found = asked(published, language, "b2b", "2026-10-02")
        assert found.one("header .p-language").attrs["href"] == address(twin, type="b2b", date="2026-10-02")
        assert found.one("#date").attrs["value"] == "2026-10-02"
        assert found.one("option[selected]").attrs["value"] == "b2b"


def test_unknown_arguments_ask_the_question_and_are_not_carried_along(published: Office) -> None:
    for language, twin in (("fr", "en"), ("en", "fr")):
        found = visit(published, f"{CHECK[language]}?utm_source=x")
        assert not found.all(".p-answer__verdict, .p-errors")
        assert found.one("header .p-language").attrs["href"] == CHECK[twin]


EMPTY = ("Donnez la date à laquelle nous avons reçu votre demande.", "Give the date on which we received your request.")
NO_DATE = ("Donnez la date sous la forme année, mois et jour", "Give the date as year, month and day")
FUTURE = ("Cette date est à venir.", "This date is in the future.")
TOO_OLD = ("Cette date précède 1990.", "This date is before 1990.")
BAD_DATES = [
    ("2021-02-30", NO_DATE),
    ("32/13/2021", NO_DATE),
    ("", EMPTY),
    ("9" * 10_000, NO_DATE),
    ("10000-01-01", NO_DATE),
    ("٢٠٢١-٠٧-٢٢", NO_DATE),
    ("2021-W29-4", NO_DATE),
    ("20210722", NO_DATE),
    ('"><b>2021', NO_DATE),
    ("9999-12-31", FUTURE),
    ("2026-11-19", FUTURE),
    ("1989-12-31", TOO_OLD),
    ("0001-01-01", TOO_OLD),
]


@pytest.mark.parametrize(("typed", "sentences"), BAD_DATES, ids=lambda value: repr(value)[:16])
def test_a_bad_date_is_told_beside_its_field_and_what_was_typed_stays(
    published: Office, typed: str, sentences: tuple[str, str]
) -> None:
    for language, sentence in zip(LANGUAGES, sentences, strict=True):
        path = address(language, type="new", date=typed)
        found = inspect(published, published.get(path), path, status=422)
        entry = found.one("#date")
        assert (entry.attrs["value"] or "") == typed
        assert entry.attrs["aria-invalid"] == "true"
        assert "date-error" in entry.attrs["aria-describedby"].split()
        assert sentence in found.one("#date-error").to_text()
        assert sentence in found.one(".p-errors a[href='#date']").to_text()
        assert found.one("option[selected]").attrs["value"] == "new"
        assert not found.all(".p-answer__verdict")


@pytest.mark.parametrize("symbol", ["\0", "\x1b", "\ufffe"], ids=ascii)
def test_a_control_character_is_refused_and_never_written_on_the_page(published: Office, symbol: str) -> None:
    for language in LANGUAGES:
        path = address(language, type="new", date=f"2021{symbol}")
        found = inspect(published, published.get(path), path, status=422)
        assert found.all("#date-error")


@pytest.mark.parametrize("typed", ["", "unknown", "NEW", "x" * 10_000, "' OR 1=1 --"], ids=lambda value: value[:12])
def test_a_kind_of_request_that_is_no_row_is_told_beside_its_field(published: Office, typed: str) -> None:
    for language, sentence in (("fr", "Choisissez le type de demande."), ("en", "Choose the kind of request.")):
        path = address(language, type=typed, date="2026-10-30")
        found = inspect(published, published.get(path), path, status=422)
        assert sentence in found.one("#type-error").to_text()
        assert "type-error" in found.one("#type").attrs["aria-describedby"].split()
        assert found.one("#date").attrs["value"] == "2026-10-30"


def test_two_faults_are_told_at_once(published: Office) -> None:
    for language, sentence in (("fr", "Corrigez ces 2 points"), ("en", "There are 2 problems")):
        path = address(language, type="", date="")
        found = inspect(published, published.get(path), path, status=422)
        assert found.one("#errors-title").to_text().strip() == sentence
        assert len(found.all(".p-errors li")) == 2


@pytest.mark.parametrize("row", ["unknown", "NEW", "new%00", "verifierx", "é", "x" * 5_000])
def test_an_unknown_row_has_no_page_and_no_feed(published: Office, row: str) -> None:
    for path in (f"/fr/dates/{row}/", f"/en/dates/{row}/", f"/fr/dates/{row}/fil.rss", f"/en/dates/{row}/feed.rss"):
        answer = published.get(path)
        assert answer.status_code in ((400, 404) if "%00" in row else (404,))
    visit(published, "/fr/dates/unknown/", status=404)
    visit(published, "/en/dates/unknown/", status=404)


def test_the_page_of_a_row_says_what_its_date_means(published: Office) -> None:
    french, english = visit(published, "/fr/dates/b2b/").spoken, visit(published, "/en/dates/b2b/").spoken
    assert "Nous traitons les demandes reçues le 2 octobre 2026. En date du 17 novembre 2026." in french
    assert "Prochaine mise à jour : 24 novembre 2026." in french
    assert "Cette ligne comprend les formulaires 4058 et 4123." in french
    assert "We are processing the requests received on October 2, 2026. As of November 17, 2026." in english
    assert "Next update: November 24, 2026." in english
    assert "This row covers forms 4058 and 4123." in english


@pytest.mark.parametrize(
    ("row", "french", "english"),
    [
        ("halted", "Le traitement de ces demandes est suspendu.", "The processing of these requests is suspended."),
        ("prompt", "Nous sommes à jour : les demandes", "We are up to date: requests are processed as they arrive."),
        ("silent", "Aucune date n’est encore publiée", "No date has been published for this kind of request yet."),
        ("former", "fusionnée avec une autre : Nouvel accès", "This row was merged into another: New access"),
    ],
)
def test_a_row_without_a_date_has_its_own_sentence(published: Office, row: str, french: str, english: str) -> None:
    assert french in visit(published, f"/fr/dates/{row}/").spoken
    assert english in visit(published, f"/en/dates/{row}/").spoken


def test_the_last_changes_of_a_row_show_old_and_new(published: Office) -> None:
    cells = [cell.to_text().strip() for cell in visit(published, "/en/dates/new/").all("main tbody tr > *")]
    assert [cell.replace("\u00a0", " ") for cell in cells] == [
        *("November 17, 2026", "October 30, 2026", "October 5, 2026"),
        *("October 20, 2026", "October 5, 2026", "–"),
    ]


STALE = {
    "/fr/dates/": "4 lignes n’ont pas été mises à jour comme prévu.",
    "/en/dates/": "4 rows have not been updated as planned.",
    "/fr/dates/new/": "Cette date n’a pas été mise à jour depuis le 17 novembre 2026.",
    "/en/dates/new/": "This date has not been updated since November 17, 2026.",
    address("fr", type="new", date="2026-10-30"): "Cette date n’a pas été mise à jour depuis le 17 novembre 2026.",
    address("en", type="new", date="2026-10-30"): "This date has not been updated since November 17, 2026.",
}


@pytest.mark.parametrize("path", STALE)
def test_the_banner_of_a_late_table_appears_at_midnight_without_anyone_acting(
    published: Office, clock: time_machine.Traveller, path: str
) -> None:
    # Published as of the 17th, every 7 days, 3 of tolerance: late from the 28th on.
    clock.move_to(in_quebec("2026-11-27 23:59:59"))
    before = published.get(path)
    assert STALE[path] not in visit(published, path).spoken
    assert int(before.headers["Cache-Control"].removeprefix("public, max-age=").partition(",")[0]) <= 1
    clock.move_to(in_quebec("2026-11-28 00:00:00"))
    assert STALE[path] in visit(published, path).spoken
    assert published.get(path, If_None_Match=before.headers["ETag"]).status_code == 200


def test_a_new_process_does_not_believe_the_copy_of_yesterday(published: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-11-27 23:59:59"))
    visit(published, "/fr/dates/")
    clock.move_to(in_quebec("2026-11-28 00:00:00"))
    assert STALE["/fr/dates/"] in visit(published.another_worker(), "/fr/dates/").spoken


def test_a_late_row_still_answers(published: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-12-15 10:00"))
    found = asked(published, "en", "new", "2026-12-01")
    assert verdict(found) == "No, not yet"
    assert "An update was expected on" in found.spoken


def test_a_table_published_again_is_late_no_more(published: Office, clock: time_machine.Traveller) -> None:
    clock.move_to(in_quebec("2026-12-01 10:00"))
    published.publishes_dates(SECOND, as_of="2026-12-01")
    for path in ("/fr/dates/", "/en/dates/"):
        assert not visit(published.another_worker(), path).all(".p-inset--late, .p-tag--late")


def test_the_notice_that_explains_a_row_appears_at_its_instant(office: Office, clock: time_machine.Traveller) -> None:
    explained = ROWS.replace("grace_days\n", "grace_days,notice\n").replace(",7,3,10\nb2b", ",7,3,10,why\nb2b")
    office.did("dates", "rows", office.file(explained))
    office.publishes_dates("row,received_on\nnew,2026-10-30\n", as_of="2026-11-17")
    office.publishes_notice(key="why", published="2026-11-18 11:15", title_fr="Pourquoi", title_en="The reason why")
    paths = ("/en/dates/new/", address("en", type="new", date="2026-10-30"))
    assert [visit(office, path).all("main a[href*='the-reason-why']") for path in paths] == [[], []]
    clock.move_to(in_quebec("2026-11-18 11:15"))
    assert all(visit(office, path).all("main a[href*='the-reason-why']") for path in paths)


@pytest.mark.parametrize("path", ["/fr/dates/verifier", "/en/dates/check"])
def test_a_removal_promises_no_credentials(demo: Office, path: str) -> None:
    with time_machine.travel("2026-11-20T10:00:00-05:00"):
        page = visit(demo, f"{path}?type=access-removal&date=2026-11-18")
    for promise in ("informations de connexion", "mot de passe", "credentials", "password"):
        assert promise not in page.spoken
