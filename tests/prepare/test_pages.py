"""Before a form is sent: who receives what, under which rule, how long to allow, and what each person must do."""

import pytest
import time_machine

from tests.makers import ROWS, Office, in_quebec
from tests.visitor import Visit, inspect, visit

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
PREPARE = {"fr": "/fr/preparer/", "en": "/en/prepare/"}
STILL_BY_MAIL = ["4058", "4123", "4134", "4354", "4444", "4135", "4151", "4200", "4366", "4438", "4346"]
MAIL = {"fr": "Par courrier recommandé", "en": "By registered mail"}
EMAIL = {"fr": "Par courriel, à deux adresses différentes", "en": "By e-mail, to two different addresses"}
MORE_ROWS = (
    ROWS + "access,online,Services en ligne,Online services,Accès,Access,1234,7,3,10\n"
    "b2b-test,exchanges,Échanges B2B,B2B exchanges,Essais B2B,B2B testing,4444,7,3,1\n"
)


@pytest.fixture
def table(office: Office) -> Office:
    """An office with a table, and the notice of July 2021."""
    office.did("dates", "rows", office.file(MORE_ROWS))
    office.publishes_dates("row,received_on\naccess,2026-10-30\nb2b,2026-10-02\n", as_of="2026-11-17")
    office.publishes_notice(key="temporary-password-by-email", title_fr="Par courriel", title_en="By e-mail")
    return office


def asked(office: Office, language: str, form: str, day: str = "") -> Visit:
    return visit(office, f"{PREPARE[language]}?form={form}&date={day}")


def verdict(found: Visit) -> str:
    return found.one(".p-answer__verdict").to_text().strip()


def test_the_page_asks_which_form(office: Office) -> None:
    for path in PREPARE.values():
        found = visit(office, path)
        assert found.one("main form").attrs["action"] == path
        assert not found.all(".p-answer, [type=email]")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("form", STILL_BY_MAIL)
def test_each_of_the_eleven_forms_goes_by_registered_mail(office: Office, language: str, form: str) -> None:
    for day in ("", "2021-07-21", "2021-07-22"):
        found = asked(office, language, form, day)
        assert verdict(found) == MAIL[language]
        assert not found.all("[type=email]")
        said = ("jusqu’à ce qu’un avis dise autre chose", "il n’y a pas d’adresse à vérifier ici")
        english = ("until a notice says otherwise", "there is no address to check here")
        for words in said if language == "fr" else english:
            assert words in found.spoken


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_day_received_decides_to_the_day(table: Office, language: str) -> None:
    before, after = asked(table, language, "1234", "2021-07-21"), asked(table, language, "1234", "2021-07-22")
    assert (verdict(before), verdict(after)) == (MAIL[language], EMAIL[language])
    rule = {"fr": "demandes reçues le 21 juillet 2021 ou avant", "en": "requests received on or before July 21, 2021"}
    assert rule[language] in before.spoken
    rule = {"fr": "demandes reçues le 22 juillet 2021 ou après", "en": "requests received on or after July 22, 2021"}
    assert rule[language] in after.spoken


def test_every_decision_leads_to_its_notice(table: Office) -> None:
    for form in ("1234", "4058"):
        (link,) = [a for a in asked(table, "fr", form).all(".p-answer a") if a.to_text() == "Par courriel"]
        visit(table, link.attrs["href"])


@pytest.mark.parametrize("typed", ["4058", "%204%20058%20", "Formulaire%204058", "no+4058"])
def test_a_number_is_forgiven_how_it_was_copied(office: Office, typed: str) -> None:
    for language in PREPARE:
        found = visit(office, f"{PREPARE[language]}?form={typed}", is_kept=not typed.startswith("%20"))
        assert verdict(found) == MAIL[language]


@pytest.mark.parametrize("typed", ["no+4058", "Formulaire%204058"])
def test_only_the_number_of_what_was_typed_is_kept(office: Office, typed: str) -> None:
    for language, path in PREPARE.items():
        found = visit(office, f"{path}?form={typed}")
        assert found.one("#form").attrs["value"] == "4058"
        twin = found.one("header .p-language").attrs["href"]
        assert twin == f"{PREPARE['en' if language == 'fr' else 'fr']}?form=4058"


def test_an_address_typed_in_the_wrong_field_is_no_form(office: Office) -> None:
    for path in PREPARE.values():
        found = visit(office, f"{path}?form=jacques.untel@xx.com+4058", status=422)
        assert found.one(".p-errors a").attrs["href"] == "#form"


def test_without_a_date_the_form_is_sent_today(table: Office, clock: time_machine.Traveller) -> None:
    assert "Form 1234, if we receive it today, November 18, 2026" in asked(table, "en", "1234").spoken
    assert "Formulaire 1234, si nous le recevons aujourd’hui, le 18 novembre 2026" in asked(table, "fr", "1234").spoken
    clock.move_to(in_quebec("2026-11-19 00:00"))
    assert "if we receive it today, November 19, 2026" in asked(table, "en", "1234").spoken


@pytest.mark.parametrize("day", ["", "%20", "+"])
def test_a_date_of_spaces_is_no_date(table: Office, day: str) -> None:
    assert "if we receive it today" in visit(table, f"/en/prepare/?form=1234&date={day}", is_kept=not day).spoken


@pytest.mark.parametrize("form", ["", "405", "4058 4123", "abcd", "4058%20Untel", "%00", "9" * 2_000])
def test_a_wrong_number_is_told_beside_its_field(office: Office, form: str) -> None:
    for path in PREPARE.values():
        found = visit(office, f"{path}?form={form}", status=422)
        assert found.one(".p-errors a").attrs["href"] == "#form"
        assert found.one("#form").attrs["aria-invalid"] == "true"
        assert not found.all(".p-answer")


@pytest.mark.parametrize("day", ["2026-11-19", "9999-12-31", "1989-12-31", "2021-02-30", "hier"])
def test_a_wrong_date_is_told_beside_its_field(office: Office, day: str) -> None:
    for path in PREPARE.values():
        found = visit(office, f"{path}?form=4058&date={day}", status=422)
        assert found.one(".p-errors a").attrs["href"] == "#date"
        assert found.one("#form").attrs["value"] == "4058"


def test_the_table_says_how_long_to_allow(table: Office) -> None:
    french, english = asked(table, "fr", "1234"), asked(table, "en", "1234")
    said = "En date du 17 novembre 2026, nous traitons les demandes reçues le 30 octobre 2026. Une fois votre demande"
    assert said in french.spoken
    said = "As of November 17, 2026, we are processing the requests received on October 30, 2026. Once your request is"
    assert said in english.spoken
    assert "allow 10 working days for the e-mails to reach you" in english.spoken
    assert [a.attrs["href"] for a in french.all("main h3 a")] == ["/fr/dates/access/"]
    by_mail = asked(table, "en", "4444").spoken
    assert "allow 1 working day for the registered mail to reach you" in by_mail
    assert "No date has been published" in by_mail


def test_a_row_that_is_suspended_says_no_time_to_allow(demo: Office) -> None:
    for language, said, allowed in (("fr", "est suspendu", "prévoyez"), ("en", "is suspended", "allow")):
        found = asked(demo, language, "4200").spoken
        assert said in found
        assert f"{allowed} 15" not in found
        assert allowed in asked(demo, language, "4058").spoken


def test_an_address_already_given_is_changed_by_calling(table: Office) -> None:
    for language, words in (("fr", "appelez-nous"), ("en", "call us")):
        before, after = asked(table, language, "1234"), asked(table, language, "1234", "2026-11-02")
        contact = f"/{language}/contact/"
        (link,) = [a for a in after.all("section a") if a.attrs["href"] == contact and a.to_text() == words]
        assert visit(table, link.attrs["href"])
        assert contact not in [a.attrs["href"] for a in before.all("#addresses-title ~ p a")]


def test_a_published_date_shows_at_once(table: Office) -> None:
    assert "October 30, 2026" in asked(table, "en", "1234").spoken
    table.publishes_dates("row,received_on\naccess,2026-11-06\n", as_of="2026-11-18")
    assert "November 6, 2026" in asked(table.another_worker(), "en", "1234").spoken


def test_a_request_already_sent_is_led_to_its_date_and_told_only_what_is_left_to_do(table: Office) -> None:
    before, after = asked(table, "en", "1234"), asked(table, "en", "1234", "2026-11-02")
    check = "/en/dates/check?type=access&date=2026-11-02"
    assert check in [a.attrs["href"] for a in after.all("main a")]
    visit(table, check)
    assert "Has my date been reached?" not in before.words
    assert "Give another address than the one in section 3." in before.words
    assert "Give another address" not in after.words
    assert "junk e-mail" in after.words


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_person_is_told_what_to_do(table: Office, language: str) -> None:
    found = asked(table, language, "1234")
    user, authoriser = [" ".join(part.to_text().split()) for part in found.all("main h3 + ul")]
    words = {"fr": ("mot de passe temporaire", "nom d’utilisateur"), "en": ("temporary password", "user name")}
    assert words[language][0] in user
    assert words[language][1] not in user
    assert words[language][1] in authoriser
    assert words[language][0] not in authoriser


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_unknown_form_is_answered_with_care(table: Office, language: str) -> None:
    for day in ("", "2021-07-21", "2026-11-02"):
        found = asked(table, language, "9999", day)
        warning = {"fr": "Nous ne connaissons pas le formulaire 9999", "en": "We do not know form 9999"}[language]
        assert verdict(found) == warning
        assert warning in found.one("title").to_text().replace("\u00a0", " ")
        assert EMAIL[language] not in found.spoken
        links = [a.attrs["href"] for a in found.all(".p-answer a")]
        assert links[:2] == {"fr": ["/fr/formulaires/", "/fr/contact/"], "en": ["/en/forms/", "/en/contact/"]}[language]
        assert {"fr": "la règle générale", "en": "the general rule"}[language] in found.spoken
        assert warning not in asked(table, language, "1234", day).spoken


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_addresses_of_an_unknown_form_are_told_what_the_general_rule_would_do(table: Office, language: str) -> None:
    for form, french, english in (("9999", "serait envoyé", "would go"), ("1234", "sera envoyé", "will go")):
        sent = {"form": form, "date": "", "user": "a@xx.com", "authoriser": "b@xx.com"}
        found = inspect(table, table.post(PREPARE[language], sent), PREPARE[language])
        assert {"fr": french, "en": english}[language] in found.spoken


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_form_that_sends_no_credentials_asks_for_no_address(demo: Office, language: str) -> None:
    found = asked(demo, language, "1004")
    assert (
        verdict(found) == {"fr": "Ni mot de passe ni nom d’utilisateur", "en": "No password and no user name"}[language]
    )
    assert not found.all("[type=email]")
    assert {"fr": "Ce que chaque personne doit faire", "en": "What each person must do"}[language] not in found.words


def test_the_two_languages_lead_to_the_same_answer(table: Office) -> None:
    twin = asked(table, "fr", "1234", "2021-07-21").one("header .p-language").attrs["href"]
    assert twin == "/en/prepare/?form=1234&date=2021-07-21"


PLACES = [
    "/fr/",
    "/fr/suivi/",
    "/fr/formulaires/",
    "/fr/dates/verifier",
    "/en/",
    "/en/status/",
    "/en/forms/",
    "/en/dates/check",
]


@pytest.mark.parametrize("path", PLACES)
def test_the_page_is_offered_where_a_request_begins(table: Office, path: str) -> None:
    found = visit(table, path, is_kept=path not in ("/fr/suivi/", "/en/status/"))
    assert PREPARE[path[1:3]] in [a.attrs["href"] for a in found.all("main a")]


def test_the_page_of_a_form_leads_to_its_own_answer(table: Office) -> None:
    links = [a.attrs["href"] for a in visit(table, "/en/forms/4058/").all("main a")]
    assert "/en/prepare/?form=4058" in links
