"""The search page: what it finds, in which order, and what it says where it finds nothing."""

from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, example, given, settings, strategies as st
from sqlalchemy import event
from time_machine import Traveller

from portal.app import create_app
from portal.search.rules import LONGEST_QUERY, MOST_FOUND, PER_PAGE
from portal.store.database import database
from tests.makers import PUBLIC_URL, ROWS, Office, in_quebec
from tests.visitor import Visit, said, visit

NOW = "2026-11-20 10:00"
SEARCH = {"fr": "/fr/recherche/", "en": "/en/search/"}
pytestmark = pytest.mark.usefixtures("clock")


def titles(page: Visit) -> list[str]:
    return [said(link) for link in page.all(".p-notice__title a")]


def forms(page: Visit) -> list[str]:
    return [said(link) for link in page.all(".p-found a")]


def searched(office: Office, words: str, language: str = "fr") -> Visit:
    return visit(office, f"{SEARCH[language]}?q={words}")


@pytest.fixture
def filled(office: Office) -> Office:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_notice()
    office.publishes_notice(
        key="password",
        title_fr="Mot de passe temporaire",
        title_en="Temporary password",
        body_fr="Pour le formulaire 4058, un jour de fermeture ne compte pas.",
        body_en="For form 4058, a closing day does not count.",
    )
    office.publishes_notice(
        key="registry", title_fr="Registres médicaux", title_en="", body_fr="Le registre est ouvert les jours fériés."
    )
    return office


@pytest.mark.parametrize("language", ["fr", "en"])
def test_without_a_query_there_is_the_search_alone(filled: Office, language: str) -> None:
    page = visit(filled, SEARCH[language])
    assert page.one("main form[role='search'] input[name='q']").attrs["value"] == ""
    assert not page.all("main article, main mark, .p-found, meta[name='robots']")
    for path in (f"{SEARCH[language]}?q=", f"{SEARCH[language]}?q=&page=1"):
        assert visit(filled, path).response.data == page.response.data


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("fermeture", ["Jours de fermeture", "Mot de passe temporaire"]),  # in the title first
        ("FERMETURES", ["Jours de fermeture", "Mot de passe temporaire"]),
        ("passe+fermeture", ["Mot de passe temporaire"]),
        ("le+mot+de+passe", ["Mot de passe temporaire"]),
        ("fermee", ["Jours de fermeture"]),
        ("registre+medical", ["Registres médicaux"]),
        ("ferie", ["Registres médicaux"]),
        ("jours+feriés+24+juin", ["Jours de fermeture", "Registres médicaux", "Mot de passe temporaire"]),
    ],
)
def test_notices_are_found_without_accents_or_plurals(filled: Office, words: str, found: list[str]) -> None:
    page = searched(filled, words)
    assert set(titles(page)) == set(found)
    assert titles(page)[0] == found[0]


def test_a_result_shows_its_day_its_audiences_and_why_it_was_found(filled: Office) -> None:
    page = searched(filled, "temporaire+formulaires")
    assert "1 avis correspond à « temporaire formulaires »." in page.spoken
    assert said(page.one(".p-notice__facts time")) == "5 janvier 2026"
    assert "Pour : Professionnels de la santé" in page.spoken
    assert said(page.one(".p-passage")) == "Pour le formulaire 4058, un jour de fermeture ne compte pas."
    assert [said(mark) for mark in page.all("mark")] == ["formulaire"]
    assert said(page.one("title")).startswith("Rechercher dans le portail : temporaire formulaires")
    assert page.one("meta[name='robots']").attrs["content"] == "noindex"
    assert page.one("input[name='q']").attrs["value"] == "temporaire formulaires"


def test_a_form_stands_before_the_notices_that_name_it(filled: Office) -> None:
    page = searched(filled, "4058")
    assert forms(page) == ["Formulaire 4058"]
    assert page.one(".p-found a").attrs["href"] == "/fr/formulaires/4058/"
    assert titles(page) == ["Mot de passe temporaire"]
    assert page.response.text.index("p-found") < page.response.text.index("p-notice__title")
    assert forms(searched(filled, "b2b")) == ["Formulaire 4058", "Formulaire 4123"]
    assert forms(searched(filled, "form+4123", "en")) == ["Form 4123"]
    assert forms(searched(filled, "exchanges+b2b", "en")) == ["Form 4058", "Form 4123"]
    assert titles(searched(filled, "4123")) == [], "a form is answer enough: no notice that only comes close"


def test_in_english_a_notice_in_french_only_is_found_by_its_french_words(filled: Office) -> None:
    page = searched(filled, "registre+medicaux", "en")
    assert titles(page) == ["Registres médicaux"]
    assert page.one(".p-notice__title a").attrs["lang"] == "fr-CA"
    assert "In French only" in page.spoken
    assert titles(searched(filled, "closing+days", "en")) == ["Closing days", "Temporary password"]
    assert titles(searched(filled, "fermeture", "en")) == [], "what exists in English is found in English"
    assert page.one("header .p-language").attrs["href"] == "/fr/recherche/?q=registre+medicaux"


def test_where_no_notice_holds_every_word_those_that_come_close_are_shown(filled: Office) -> None:
    page = searched(filled, "passe+inconnue")
    assert titles(page) == ["Mot de passe temporaire"]
    assert "Aucun avis ne contient tous les mots de « passe inconnue »." in page.spoken
    assert titles(searched(filled, "tempora")) == ["Mot de passe temporaire"]


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "Rien ne correspond à « zzz »."), ("en", "Nothing matches “zzz”.")]
)
def test_nothing_found_says_so_and_leads_on(filled: Office, language: str, words: str) -> None:
    page = searched(filled, "zzz", language)
    assert words in page.spoken
    assert len(page.all("main li a")) == 2
    assert not page.all("main article")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("!!!", "Inscrivez au moins un mot ou un numéro."),
        ("«+»", "Inscrivez au moins un mot ou un numéro."),
        ("x" * (LONGEST_QUERY + 1), "Raccourcissez votre recherche : 150 caractères et 30 mots au plus."),
        ("+".join(map(str, range(31))), "Raccourcissez votre recherche : 150 caractères et 30 mots au plus."),
    ],
)
def test_what_cannot_be_searched_for_is_refused_and_kept(filled: Office, typed: str, words: str) -> None:
    page = visit(filled, f"{SEARCH['fr']}?q={typed}", status=422)
    assert words in page.spoken
    entry = page.one("input[name='q']")
    assert entry.attrs["value"] == typed.replace("+", " ")
    assert entry.attrs["aria-invalid"] == "true"
    assert page.one(".p-errors a").attrs["href"] == "#q"


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("?q=+mot++de+passe", "?q=mot+de+passe"),
        ("?q=mot%00de%0Apasse", "?q=mot+de+passe"),
        ("?q=mot+&page=2", "?page=2&q=mot"),
        ("?q=++", ""),
        ("?q=%00", ""),
    ],
)
def test_one_search_has_one_address(filled: Office, typed: str, address: str) -> None:
    answer = filled.get(SEARCH["fr"] + typed)
    assert (answer.status_code, answer.headers["Location"]) == (302, SEARCH["fr"] + address)


def test_what_was_typed_is_words_and_never_html(filled: Office) -> None:
    page = searched(filled, "<script>alert(1)</script>+fermeture")
    assert not page.all("main script")
    assert page.one("input[name='q']").attrs["value"] == "<script>alert(1)</script> fermeture"


def test_a_scheduled_notice_is_found_from_its_instant_on(filled: Office, clock: Traveller) -> None:
    filled.publishes_notice(key="later", published="2026-11-20 11:00", title_fr="Grève", title_en="Strike")
    page = searched(filled, "greve")
    assert titles(page) == []
    assert page.response.headers["Cache-Control"].startswith("public, max-age=60, s-maxage=1, ")
    clock.move_to(in_quebec("2026-11-20 10:59:40"))
    assert titles(searched(filled, "greve")) == []
    assert filled.get(f"{SEARCH['fr']}?q=greve").headers["Cache-Control"] == "public, max-age=20, s-maxage=1"
    clock.move_to(in_quebec("2026-11-20 11:00"))
    assert titles(searched(filled, "greve")) == ["Grève"]


def test_a_corrected_notice_is_found_by_its_new_words_alone(filled: Office) -> None:
    filled.publishes_notice(title_fr="Congés", body_fr="Voici les jours.")
    other = filled.another_worker()
    assert titles(searched(other, "conge")) == ["Congés"]
    assert titles(searched(other, "juin")) == []


def test_a_draft_or_a_withdrawn_notice_is_not_found(filled: Office) -> None:
    filled.publishes_notice(key="draft", published="draft", title_fr="Grève", title_en="Strike")
    filled.did("notices", "withdraw", "password", "--reason", "Published by mistake")
    other = filled.another_worker()
    assert titles(searched(other, "greve")) == []
    assert titles(searched(other, "temporaire")) == []
    assert titles(searched(other, "fermeture")) == ["Jours de fermeture"]


def test_results_are_shown_ten_a_page_and_the_best_hundred_of_many(office: Office) -> None:
    for number in range(MOST_FOUND + 1):
        office.publishes_notice(key=f"notice-{number}", published=f"2026-01-05 09:{number % 60:02}")
        if number == PER_PAGE:
            first = searched(office.another_worker(), "fermeture")
            assert f"{PER_PAGE + 1} avis correspondent à « fermeture »." in first.spoken
            last = visit(office.another_worker(), f"{SEARCH['fr']}?q=fermeture&page=2")
            assert (len(titles(first)), len(titles(last))) == (PER_PAGE, 1)
            assert first.one("a[rel='next']").attrs["href"] == "/fr/recherche/?q=fermeture&page=2"
            assert last.one("a[rel='prev']").attrs["href"] == "/fr/recherche/?q=fermeture&page=1"
            assert last.one("link[rel='canonical']").attrs["href"].endswith("?q=fermeture&page=2")
    office = office.another_worker()
    assert "Voici les 100 plus proches" in searched(office, "fermeture").spoken
    assert len(titles(visit(office, f"{SEARCH['fr']}?q=fermeture&page=10"))) == PER_PAGE
    for beyond in ("?q=fermeture&page=11", "?q=fermeture&page=x", "?page=2", "?q=zzz&page=2"):
        assert office.get(SEARCH["fr"] + beyond).status_code == 404


def statements(app: Flask, path: str) -> int:
    """Return how many statements a page asks the database for."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with app.app_context():
        event.listen(database.engine, "before_cursor_execute", note)
        assert app.test_client().get(path, base_url=PUBLIC_URL).status_code == 200
        event.remove(database.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_statements_of_a_search_do_not_grow_with_what_it_finds(filled: Office) -> None:
    app = create_app(filled.config)
    statements(app, "/en/feeds/")  # what pages share is made
    one = statements(app, f"{SEARCH['en']}?q=temporary")
    for number in range(PER_PAGE):
        filled.publishes_notice(key=f"more-{number}")
    assert statements(app, f"{SEARCH['en']}?q=closing") == one <= 9


@pytest.mark.parametrize("path", ["/fr/recherche/?q=fermeture", "/en/search/?q=zzz"])
def test_a_search_is_kept_as_any_page(filled: Office, path: str) -> None:
    first = filled.get(path)
    assert filled.get(path, If_None_Match=first.headers["ETag"]).status_code == 304
    assert filled.get(f"{path}&utm=1").data == first.data
    assert filled.get(path.replace("?", "?page=1&")).status_code == 200


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_leads_to_the_search_and_lets_browsers_search(filled: Office, language: str) -> None:
    page = visit(filled, f"/{language}/")
    assert page.one(".p-header__search").attrs["href"] == SEARCH[language]
    address = page.one("link[rel='search']").attrs["href"]
    assert address == {"fr": "/fr/recherche.xml", "en": "/en/search.xml"}[language]
    answer = filled.get(address)
    assert answer.content_type == "application/opensearchdescription+xml; charset=utf-8"
    assert f'template="{PUBLIC_URL}{SEARCH[language]}?q={{searchTerms}}"' in answer.text
    assert visit(filled, SEARCH[language]).one(".p-header__search").attrs["aria-current"] == "page"


@pytest.mark.parametrize(("language", "path"), [("fr", "/fr/avis/"), ("en", "/en/notices/audience/developers/")])
def test_the_notices_can_be_searched_from_their_list(filled: Office, language: str, path: str) -> None:
    form = visit(filled, path).one("main form[role='search']")
    assert (form.attrs["action"], form.attrs["method"]) == (SEARCH[language], "get")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=LONGEST_QUERY + 5), language=st.sampled_from(["fr", "en"]))
@example(typed='" OR 1=1 --', language="fr")
@example(typed="a* NEAR(b c, 2) {title_fr}: ^d", language="en")
@example(typed="\x00\ud7ff\ufffe", language="fr")
def test_no_text_breaks_the_search(filled: Office, typed: str, language: str) -> None:
    answer = filled.get(f"{SEARCH[language]}?{urlencode({'q': typed})}")
    if answer.status_code == 302:
        answer = filled.get(answer.headers["Location"])
    assert answer.status_code in (200, 422), typed
