"""A page as a plain application of the same libraries renders it: each sentence, date and address asked for where it
stands, and nothing remembered from one page to the next.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from flask import Flask, templating, url_for
from flask_babel import get_translations

from portal.app import filters_of
from portal.core import formats
from portal.core.languages import LANGUAGES
from portal.web.locale import language
from portal.web.shared import Shared, Value


class Forgetful(Shared):
    """Makes each value that many answers share anew, each time."""

    def value(
        self, subjects: tuple[str, ...], key: object, make: Callable[[], Value], *, is_daily: bool = True
    ) -> Value:
        """Return what `make` gives."""
        self._made.clear()
        return super().value(subjects, key, make, is_daily=is_daily)


@contextmanager
def plainly(app: Flask) -> Generator[None]:
    """Have an application render as a plain one would, for the length of a block."""
    ours, remembered = app.jinja_env, {name: one for name, one in vars(formats).items() if hasattr(one, "cache_info")}
    app.jinja_env = _environment(app, ours)
    app.extensions["shared"] = Forgetful()
    vars(formats).update({name: one.__wrapped__ for name, one in remembered.items()})
    try:
        yield
    finally:
        app.jinja_env = ours
        app.extensions["shared"] = Shared()
        vars(formats).update(remembered)


def _environment(app: Flask, ours: Any) -> Any:
    plain: Any = templating.Environment(
        app,
        autoescape=app.select_jinja_autoescape,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    plain.install_gettext_callables(  # as Flask-Babel does for whoever leaves it the templates
        lambda said: get_translations().ugettext(said),
        lambda one, many, number: get_translations().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda meaning, said: get_translations().upgettext(meaning, said),
    )
    plain.globals = {**ours.globals, **plain.globals, "language": language, "url_for": url_for}
    by_language = {name: filters_of(name) for name in LANGUAGES}
    plain.filters = {**ours.filters, **{name: _spoken(name, by_language) for name in by_language["fr"]}}
    plain.tests = ours.tests
    return plain


def _spoken(name: str, by_language: Any) -> Callable[..., Any]:
    return lambda *arguments: by_language[language()][name](*arguments)
