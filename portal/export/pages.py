"""The two pages of an export that the site has not: they say in both languages, French first, what a host cannot do."""

from collections.abc import Generator
from contextlib import contextmanager

from flask import Flask, g, get_template_attribute, render_template

from portal.core.languages import Language
from portal.web.locale import has_failed

#: The file of each page, and the name of its words.
FILES = {"503.html": "needs_the_server", "404.html": "nothing_here"}


def bilingual(app: Flask) -> dict[str, bytes]:
    """Return each page as the bytes of its file."""
    return {file: _page(app, name) for file, name in FILES.items()}


def _page(app: Flask, name: str) -> bytes:
    with _speaking(app, "en"):
        english = get_template_attribute("export/words.html", "part")(name)
    with _speaking(app, "fr"):
        return render_template("export/page.html", name=name, english=english).encode()


@contextmanager
def _speaking(app: Flask, language: Language) -> Generator[None]:
    # A context of the application for each: the language of the one about it would stay.
    with app.app_context(), app.test_request_context(f"/{language}/", base_url=app.config["PUBLIC_URL"]):
        app.preprocess_request()  # reads the clock
        g.language = language
        has_failed()  # the page has no address of its own to share
        yield
