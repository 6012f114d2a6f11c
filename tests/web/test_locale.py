"""The language is in the path: French really used, every page with its twin."""

from datetime import date, time

import pytest
from babel.support import Translations
from flask import Blueprint, Flask, g, url_for
from flask_babel import get_domain, gettext, ngettext

from portal.app import create_app
from portal.core.errors import DateInFuture, NotADate
from portal.core.formats import NBSP
from portal.core.languages import LANGUAGES, Bilingual, Sentence, language_of
from portal.web.locale import address_in, check_twins, in_words, language, page_address, route, twin_address
from tests.makers import PUBLIC_URL, Office
from tests.visitor import visit


@pytest.fixture
def app(office: Office) -> Flask:
    return create_app(office.config)


def said(app: Flask, path: str, sentence: str) -> str:
    with app.test_request_context(path, base_url=PUBLIC_URL):
        app.preprocess_request()
        return gettext(sentence)


def test_each_path_speaks_its_language(app: Flask) -> None:
    assert said(app, "/fr/contact/", "Page not found") == "Page introuvable"
    assert said(app, "/en/contact/", "Page not found") == "Page not found"
    assert said(app, "/healthz", "Page not found") == "Page introuvable"  # French where no path says otherwise


def test_flask_babel_still_looks_where_we_put_the_catalogues(app: Flask) -> None:
    # locale.attach fills this internal of Flask-Babel 4.0.0, so that no .mo file is needed.
    with app.app_context():
        domain = get_domain()
        kept = {locale: domain.cache[locale, "messages"] for locale in ("fr_CA", "en_CA")}
        assert all(isinstance(catalogue, Translations) for catalogue in kept.values())
    for locale, path in (("fr_CA", "/fr/contact/"), ("en_CA", "/en/contact/")):
        with app.test_request_context(path, base_url=PUBLIC_URL):
            app.preprocess_request()
            assert get_domain().get_translations() is kept[locale]


TOMORROW = NotADate("demain").sentence
THIRD = Sentence("the column number %(number)s", number=3)


@pytest.mark.parametrize(
    ("sentence", "french", "english"),
    [
        (Sentence("the file is empty"), "Le fichier est vide.", "The file is empty."),
        (DateInFuture(date(2026, 7, 1)).sentence, "Le 1er~juillet 2026 est à venir.", "July~1, 2026 is in the future."),
        (
            Sentence("%(field)s: %(why)s", field="received_on", why=TOMORROW),
            "received_on~: «~demain~» n’est pas une date; écrivez-la AAAA-MM-JJ, par exemple 2021-07-22.",
            "received_on: “demain” is not a date; write it YYYY-MM-DD, for example 2021-07-22.",
        ),
        (
            Sentence("%(key)s was withdrawn already, on %(day)s", key="rss-feeds", day=date(2026, 7, 1)),
            "L’avis rss-feeds a déjà été retiré, le 1er~juillet 2026.",
            "rss-feeds was withdrawn already, on July~1, 2026.",
        ),
        (
            Sentence("%(column)s stands twice", column=THIRD),
            "La colonne numéro 3 est en double.",
            "The column number 3 stands twice.",
        ),
        (Sentence("%(at)s: who?", at=time(14)), "14~h: who?", "2:00~p.m.: who?"),
        (Sentence("%(weekday)s: again", weekday=Bilingual("lundi", "Monday")), "Lundi: again.", "Monday: again."),
        (Sentence("%(days)s", days=[date(2026, 7, 1), "…"]), "1er~juillet 2026, …", "July~1, 2026, …"),
        (Sentence("%(typed)s", typed="100 %(day)s %"), "100 %(day)s %.", "100 %(day)s %."),
        ("déjà dit", "déjà dit", "déjà dit"),
    ],
)
def test_a_refusal_is_said_in_the_language_of_the_page(app: Flask, sentence: str, french: str, english: str) -> None:
    for path, words in (("/fr/contact/", french), ("/en/contact/", english)):
        with app.test_request_context(path, base_url=PUBLIC_URL):
            app.preprocess_request()
            assert in_words(sentence) == words.replace("~", NBSP)


DAYS = (
    "There is %(num)s calendar day between the date being processed and yours. This is not a waiting time.",
    "There are %(num)s calendar days between the date being processed and yours. This is not a waiting time.",
)


def beginning(sentence: str) -> str:
    return sentence.replace("\u00a0", " ").partition(" between ")[0].partition(" entre ")[0]


@pytest.mark.parametrize(
    ("path", "sentences"),
    [
        (
            "/fr/contact/",
            [
                "Il y a 0 jour civil",
                "Il y a 1 jour civil",
                "Il y a 2 jours civils",
            ],
        ),
        (
            "/en/contact/",
            [
                "There are 0 calendar days",
                "There is 1 calendar day",
                "There are 2 calendar days",
            ],
        ),
    ],
)
def test_none_is_singular_in_french_and_plural_in_english(app: Flask, path: str, sentences: list[str]) -> None:
    with app.test_request_context(path, base_url=PUBLIC_URL):
        app.preprocess_request()
        assert [beginning(ngettext(*DAYS, number)) for number in range(3)] == sentences


def test_every_french_page_has_its_english_twin(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if "language" in (rule.defaults or {})]
    assert len(rules) >= 30
    languages: dict[str, set[str]] = {}
    for rule in rules:
        spoken = (rule.defaults or {})["language"]
        assert rule.rule.startswith(f"/{spoken}/")
        languages.setdefault(rule.endpoint, set()).add(spoken)
    assert all(spoken == set(LANGUAGES) for spoken in languages.values())


def test_a_page_without_its_twin_refuses_to_start(app: Flask) -> None:
    app.add_url_rule("/fr/seule/", endpoint="alone", view_func=lambda: "", defaults={"language": "fr"})
    with pytest.raises(RuntimeError, match=r"/fr/seule/ has no twin"):
        check_twins(app)


def test_a_twin_with_other_arguments_is_no_twin(app: Flask) -> None:
    app.add_url_rule("/fr/seule/<row>/", endpoint="alone", view_func=lambda row: "", defaults={"language": "fr"})
    app.add_url_rule("/en/alone/", endpoint="alone", defaults={"language": "en"})
    with pytest.raises(RuntimeError, match=r"/fr/seule/<row>/ has no twin"):
        check_twins(app)


def test_route_gives_a_view_both_addresses(app: Flask) -> None:
    blueprint = Blueprint("weather", __name__)

    @route(blueprint, fr="/meteo/", en="/weather/")
    def weather() -> str:
        return f"{language()} {page_address()} {twin_address()} {url_for('contacts.contact')}"

    app.register_blueprint(blueprint)
    check_twins(app)
    client = app.test_client()
    assert client.get("/fr/meteo/", base_url=PUBLIC_URL).text == "fr /fr/meteo/ /en/weather/ /fr/contact/"
    assert client.get("/en/weather/", base_url=PUBLIC_URL).text == "en /en/weather/ /fr/meteo/ /en/contact/"
    assert client.get("/en/meteo/", base_url=PUBLIC_URL).status_code == 404


def test_an_address_can_be_asked_for_in_the_other_language(app: Flask) -> None:
    with app.test_request_context("/fr/contact/", base_url=PUBLIC_URL):
        app.preprocess_request()
        assert address_in("en", "dates.table") == "/en/dates/"
        assert (page_address(), twin_address()) == ("/fr/contact/", "/en/contact/")


def test_a_failure_has_no_twin(app: Flask) -> None:
    with app.test_request_context("/fr/nulle-part", base_url=PUBLIC_URL):
        g.language = "fr"
        assert (page_address(), twin_address()) == (None, None)


def test_outside_a_request_the_language_is_french(app: Flask) -> None:
    assert language() == "fr"
    with app.app_context():
        assert language() == "fr"


@pytest.mark.parametrize(
    ("path", "spoken"),
    [("/en", "en"), ("/en/", "en"), ("/en/x", "en"), ("/fr/en/", "fr"), ("/entreprise", "fr"), ("/", "fr"), ("", "fr")],
)
def test_even_a_path_that_leads_nowhere_has_a_language(path: str, spoken: str) -> None:
    assert language_of(path) == spoken


def test_the_browser_and_its_cookies_choose_no_language(demo: Office) -> None:
    plain = demo.get("/fr/contact/")
    asked = demo.get("/fr/contact/", Accept_Language="en-CA,en;q=0.9", Cookie="lang=en")
    assert asked.data == plain.data
    assert demo.get("/", Accept_Language="en").headers["Location"] == "/fr/"


def test_the_twin_of_an_answer_is_the_same_answer(demo: Office) -> None:
    page = visit(demo, "/fr/dates/verifier?type=access-new&date=2026-10-01")
    assert page.one("header .p-language").attrs["href"] == "/en/dates/check?type=access-new&date=2026-10-01"
