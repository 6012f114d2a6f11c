"""A form by its number: found however it is typed, with its dates, its rule of delivery and its notices."""

import pytest
import time_machine

from tests.makers import ROWS, Office, in_quebec
from tests.visitor import visit

#: A Friday.
NOW = "2026-11-20 10:00"
pytestmark = pytest.mark.usefixtures("clock")
SEARCH = {"fr": "/fr/formulaires/", "en": "/en/forms/"}


def form(language: str, number: str) -> str:
    return f"{SEARCH[language]}{number}/"


@pytest.fixture
def table(office: Office) -> Office:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nb2b,2026-10-02\n", as_of="2026-11-17")
    return office


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("typed", ["4058", " 4 058 ", "Formulaire 4058", "no%204058"])
def test_a_number_leads_to_its_form(table: Office, language: str, typed: str) -> None:
    answer = table.get(f"{SEARCH[language]}?number={typed}")
    assert answer.status_code == 302
    assert answer.headers["Location"].removeprefix("http://portal.test") == form(language, "4058")


@pytest.mark.parametrize(
    ("typed", "french", "english"),
    [
        ("", "Donnez les quatre chiffres du formulaire", "Give the four digits of the form"),
        ("405", "Donnez les quatre chiffres du formulaire", "Give the four digits of the form"),
        ("4058 4123", "Donnez les quatre chiffres du formulaire", "Give the four digits of the form"),
        ("9999", "Le formulaire 9999 n’est pas dans notre liste.", "Form 9999 is not in our list."),
        ("%00", "Donnez les quatre chiffres du formulaire", "Give the four digits of the form"),
    ],
)
def test_a_wrong_number_says_what_to_do(table: Office, typed: str, french: str, english: str) -> None:
    for language, words in (("fr", french), ("en", english)):
        found = visit(table, f"{SEARCH[language]}?number={typed}", status=422)
        assert found.one(".p-errors a").attrs["href"] == "#number"
        assert words in found.spoken
        assert found.one("#number").attrs["aria-invalid"] == "true"


def test_a_form_that_we_do_not_know_leads_on(table: Office) -> None:
    ways = {
        "fr": {"/fr/preparer/?form=9999", "/fr/dates/verifier"},
        "en": {"/en/prepare/?form=9999", "/en/dates/check"},
    }
    for language, links in ways.items():
        found = visit(table, f"{SEARCH[language]}?number=no+9999", status=422)
        assert links <= {a.attrs["href"] for a in found.all("main a")}
        assert not links & {a.attrs["href"] for a in visit(table, SEARCH[language]).all("main a")}


def test_the_page_of_a_form_shows_its_row_its_rule_and_its_notices(table: Office) -> None:
    table.publishes_notice(
        key="b2b", title_fr="Le 4058 change", title_en="Form 4058 changes", published="2026-01-05 09:00"
    )
    table.publishes_notice(key="other", body_fr="Appelez le 418 780-4058.", body_en="Call 418 780-4058.")
    french, english = visit(table, form("fr", "4058")), visit(table, form("en", "4058"))
    assert french.one(".p-dates a").attrs["href"] == "/fr/dates/b2b/"
    assert "2 octobre 2026" in french.spoken
    assert "arrivent par courrier recommandé" in french.spoken
    assert [title.to_text() for title in french.all(".p-notice__title")] == ["Le 4058 change"]
    assert "October 2, 2026" in english.spoken
    assert "come by registered mail" in english.spoken
    assert [title.to_text() for title in english.all(".p-notice__title")] == ["Form 4058 changes"]


def test_a_form_of_the_rule_of_july_2021_says_today_and_before(table: Office) -> None:
    row = "row,group,group_fr,group_en,label_fr,label_en,forms\nnew,online,Services,Services,Nouveau,New,1234\n"
    table.did("dates", "rows", table.file(row))
    table.publishes_notice(key="temporary-password-by-email", published="2021-07-22 08:30", title_en="July 2021")
    french = visit(table, form("fr", "1234"))
    assert (
        "Ce qui valait avant Demande reçue le 21 juillet 2021 ou avant Le mot de passe temporaire et" in french.spoken
    )
    today, before = french.spoken.split("Demande reçue aujourd’hui, le ")[1].split("Ce qui valait avant")
    assert "Le mot de passe temporaire est envoyé par courriel" in today
    assert "Cette règle vaut pour les demandes reçues le 22 juillet 2021 ou après. Cet avis l’explique" in today
    assert "arrivent par courrier recommandé" in before
    english = visit(table, form("en", "1234"))
    assert "Request received on or before July 21, 2021 The temporary password and the user name" in english.spoken
    assert "This rule is for the requests received on or after July 22, 2021." in english.spoken
    assert len(english.all("main p a[href$='/july-2021']")) == 2, (
        "its notice explains the rule of today, and the one before"
    )


@pytest.mark.parametrize(
    ("number", "word", "french", "english"),
    [
        ("4058", "b2b", "échanges interentreprises (B2B)", "B2B exchanges, business to business"),
        ("4366", "selat", "le service en ligne des aides techniques", "the online service for technical aids"),
        (
            "4346",
            "directives",
            "registre des directives médicales anticipées",
            "registry of advance medical directives",
        ),
    ],
)
def test_a_form_says_its_group_and_leads_to_the_glossary(
    demo: Office, number: str, word: str, french: str, english: str
) -> None:
    for language, glossary, words, groups in (
        ("fr", "/fr/lexique/", french, "groupes"),
        ("en", "/en/glossary/", english, "groups"),
    ):
        found = visit(demo, form(language, number))
        assert words in found.spoken
        assert found.one(f"main a[href='{glossary}#{word}']")
        assert visit(demo, glossary).one(f"#{word}")
        assert found.one(f"main a[href='/{language}/dates/{groups}/{word}/']"), "its group in the table"


def test_the_feeds_to_watch_are_there_to_see(demo: Office, office: Office) -> None:
    feeds = [link.attrs["href"] for link in visit(demo, form("en", "4058")).all(".p-feed > a[type]")]
    assert feeds == ["/en/dates/groups/b2b/feed.rss", "/en/dates/b2b-new/feed.rss"]
    alone = [link.attrs["href"] for link in visit(office, form("en", "4058")).all(".p-feed > a[type]")]
    assert alone == ["/en/notices/feed.rss"], "without a row, a change is told by the notices"


def test_an_announced_rule_shows_before_its_day_and_what_it_ended_after(
    table: Office, clock: time_machine.Traveller
) -> None:
    table.publishes_notice(key="by-email", title_fr="Le 4058 par courriel", title_en="By e-mail")
    command = ("rules", "cover", "by-email", "4058", "--by", "email", "--notice", "by-email", "--from", "2027-03-01")
    table.did(*command)
    announced = visit(table, form("fr", "4058"))
    assert "Cette règle vaut pour les demandes reçues le 28 février 2027 ou avant." in announced.spoken
    assert announced.one(".p-inset h3").to_text().startswith("Demande reçue le 1er\u00a0mars 2027 ou après")
    assert announced.one(".p-inset a[href*='par-courriel']")
    assert not visit(table, form("fr", "4123")).all(".p-inset"), "the other forms change in nothing"
    clock.move_to(in_quebec("2027-03-01 00:00"))
    changed = visit(table, form("fr", "4058"))
    assert not changed.all(".p-inset")
    assert "Cette règle vaut pour les demandes reçues le 1er mars 2027 ou après." in changed.spoken
    assert "Ce qui valait avant Demande reçue le 28 février 2027 ou avant" in changed.spoken


def test_rules_in_turn_that_say_the_same_are_one_with_the_notices_of_both(table: Office) -> None:
    for key in ("temporary-password-by-email", "again"):
        table.publishes_notice(key=key, title_fr=f"Avis {key}", title_en=f"Notice {key}")
    command = ("cover", "again", "4058", "--by", "registered-mail", "--notice", "again", "--from", "2026-01-01")
    table.did("rules", *command)
    found = visit(table, form("en", "4058"))
    assert "This rule is for this form, whatever its received date, until a notice says otherwise." in found.spoken
    assert "This notice explains it: Notice again" in found.spoken
    table.did(
        "rules", *command[:1], "mail", *command[2:5], "--notice", "temporary-password-by-email", "--from", "2026-06-01"
    )
    table.did("rules", "cover", "email", "4058", "--by", "email", "--notice", "again", "--from", "2027-06-01")
    table.did("rules", *command[:1], "late", *command[2:5], "--notice", "again", "--from", "2028-01-01")
    table.did(
        "rules", *command[:1], "later", *command[2:5], "--notice", "temporary-password-by-email", "--from", "2029-01-01"
    )
    words = visit(table.another_worker(), form("en", "4058")).spoken
    both = "These notices explain it: Notice again and Notice temporary-password-by-email"
    assert both in words.partition("Request received on or after January 1, 2028")[2]
    assert "Request received from June 1, 2027 to December 31, 2027" in words


def test_a_form_without_a_row_still_has_its_rule(office: Office) -> None:
    found = visit(office, form("en", "4346"))
    assert "No row of the table covers this form." in found.spoken
    assert "come by registered mail" in found.spoken
    assert "No notice speaks of it." in found.spoken


def test_every_known_form_is_listed(table: Office) -> None:
    links = [link.attrs["href"] for link in visit(table, SEARCH["fr"]).all("main table a")]
    assert len(links) == 11
    assert links == sorted(links)
    for link in links:
        visit(table, link)


@pytest.mark.parametrize("number", ["9999", "405", "40580", "4058x", "٤٠٥٨"])
def test_an_unknown_form_has_no_page(table: Office, number: str) -> None:
    for language in SEARCH:
        visit(table, form(language, number), status=404)


def test_a_published_date_shows_on_the_page_of_its_form(table: Office) -> None:
    assert "2 octobre 2026" in visit(table, form("fr", "4058")).spoken
    table.publishes_dates("row,received_on\nb2b,2026-10-09\n", as_of="2026-11-18")
    assert "9 octobre 2026" in visit(table.another_worker(), form("fr", "4058")).spoken


def test_a_form_that_sends_no_credentials_promises_none(demo: Office) -> None:
    french, english = visit(demo, form("fr", "1004")), visit(demo, form("en", "1004"))
    assert "n’entraîne l’envoi d’aucun mot de passe temporaire" in french.spoken
    assert "sends no temporary password" in english.spoken
    assert "recommandé" not in french.spoken.partition("Avis qui")[0]
