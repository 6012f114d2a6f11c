"""Templates speak the language that they were compiled for, and say what they said when they asked at each request."""

import shutil
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from jinja2 import DictLoader
from jinja2.environment import Environment
from werkzeug.test import Client

from portal.app import create_app
from portal.assets import release
from portal.core.languages import LANGUAGES, Language
from portal.desk.app import create_desk
from portal.web import environments
from portal.web.environments import Compiled
from tests.makers import PUBLIC_URL, Office

#: A template and what it says in each language.
SAID = [
    ("{{ language() }}", "fr", "en"),
    ("{{ _('Notices') }}", "Avis", "Notices"),
    ("<p>{{ _('Need help?') }}</p>", "<p>Besoin d’aide?</p>", "<p>Need help?</p>"),
    ("{{ pgettext('stage', 'Received') }}", "Reçue", "Received"),
    ("{{ _('Printed from %(address)s', address=typed) }}", "Imprimé à partir de &lt;b&gt;", "Printed from &lt;b&gt;"),
    ("{{ _('Printed from %(address)s', address=typed | safe) }}", "Imprimé à partir de <b>", "Printed from <b>"),
    ("{{ _(sentence) }}", "Avis", "Notices"),
    ("{% set said = _('Notices') %}{{ said | upper }}", "AVIS", "NOTICES"),
    ("{{ ngettext('%(num)s line', '%(num)s lines', 0) }}", "0 ligne", "0 lines"),
    ("{{ ngettext('%(num)s line', '%(num)s lines', 2) }}", "2 lignes", "2 lines"),
    ("{% macro one(day) %}{{ day | weekdays }}{% endmacro %}{{ one([1]) }}", "lundi", "Monday"),
]


@pytest.fixture
def app(office: Office) -> Flask:
    app = create_app(office.config)
    app.jinja_env.loader = DictLoader({f"{number}.html": said[0] for number, said in enumerate(SAID)})
    return app


def rendered(app: Flask, number: int, language: Language) -> str:
    with app.test_request_context(f"/{language}/contact/", base_url=PUBLIC_URL):
        app.preprocess_request()
        template = app.jinja_env.get_template(f"{number}.html")
        return template.render(typed="<b>", sentence="Notices")


@pytest.mark.parametrize("number", range(len(SAID)))
def test_a_template_speaks_the_language_of_the_page(app: Flask, number: int) -> None:
    template, *said = SAID[number]
    # Twice, in turn: what was compiled for one language is not taken for the other.
    for language, words in [*zip(LANGUAGES, said, strict=True)] * 2:
        assert rendered(app, number, language) == words, template


def test_two_visitors_at_once_are_each_told_in_their_language(app: Flask) -> None:
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda language: (language, rendered(app, 0, language)), LANGUAGES * 50))
    assert all(language == words for language, words in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_can_be_compiled(office: Office, language: Language) -> None:
    app = create_desk(office.config)
    with app.test_request_context(f"/desk/{language}/", base_url=PUBLIC_URL):
        g.language = language
        names = [name for name in app.jinja_env.list_templates() if not name.startswith("security/")]
        assert len(names) > 80
        for name in names:  # a filter or a test that does not exist is told here, not to a visitor
            app.jinja_env.get_template(name)


@contextmanager
def compiling() -> Generator[list[str | None]]:
    """Give the names of the templates that are compiled meanwhile."""
    names: list[str | None] = []
    compile_ = Environment.compile

    def counted(self: Environment, source: Any, name: str | None = None, *arguments: Any, **more: Any) -> Any:
        names.append(name)
        return compile_(self, source, name, *arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", counted)
        yield names


def asked(office: Office, path: str = "/fr/dates/") -> tuple[bytes, list[str | None]]:
    """Return a page by an application that was just made, and the templates that it compiled."""
    app = create_app(office.config)
    with compiling() as names:
        answer = Client(app).get(path, base_url=PUBLIC_URL)
    assert answer.status_code == 200
    return answer.data, names


@pytest.fixture
def keeping(office: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An installation that keeps what it compiled in its folder, as a real one does: those of tests do it in memory."""
    monkeypatch.setattr(environments, "Compiled", Compiled)
    return office


def test_what_one_worker_compiled_the_next_one_finds(keeping: Office) -> None:
    page, compiled = asked(keeping)
    assert "dates/table.html" in compiled
    again, compiled = asked(keeping)
    assert not compiled
    assert again == page
    _page, compiled = asked(keeping, "/en/dates/")
    assert "dates/table.html" in compiled, "each language has its own"


def test_what_another_release_compiled_goes_away(keeping: Office) -> None:
    former = keeping.data / "templates" / "former" / "fr"
    former.mkdir(parents=True)
    asked(keeping)
    assert [folder.name for folder in (keeping.data / "templates").iterdir()] == [release()]


@pytest.mark.parametrize("length", [0, 1, 20, 40, 400])
def test_what_was_not_kept_whole_is_compiled_again(keeping: Office, length: int) -> None:
    page, _compiled = asked(keeping)
    for file in (keeping.data / "templates").rglob("*.cache"):
        file.write_bytes(file.read_bytes()[:length])
    again, compiled = asked(keeping)
    assert "dates/table.html" in compiled
    assert again == page


def test_a_page_is_made_where_compiled_templates_cannot_be_kept(keeping: Office) -> None:
    page, _compiled = asked(keeping)
    folder: Path = keeping.data / "templates"
    shutil.rmtree(folder)
    folder.write_text("a file stands where the folder should", "utf-8")
    again, compiled = asked(keeping)
    assert compiled
    assert again == page
