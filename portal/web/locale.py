"""The language of a page is in its path: `/fr/…` or `/en/…`. Never in a cookie, never in Accept-Language."""

import io
import re
from collections.abc import Callable
from datetime import date, time
from functools import cache, lru_cache
from typing import Any, cast

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Blueprint, Flask, g, has_app_context, request, url_for
from flask_babel import Babel, get_domain, get_translations, gettext

from portal import assets
from portal.core import formats
from portal.core.languages import LANGUAGES, LOCALES, Bilingual, Language, Sentence, Value, other
from portal.web.environments import TwoLanguages, Words

View = Callable[..., Any]
#: Addresses that are remembered: those of every page, and of what the last pages had of their own.
MOST_ADDRESSES = 2_000
_PLACE = re.compile(r"%\((\w+)\)s")


def route(
    blueprint: Blueprint, *, fr: str, en: str, methods: tuple[str, ...] = ("GET",), under: str = ""
) -> Callable[[View], View]:
    """Give a view its address in both languages; paths begin after `/fr`, `/en`, which stand `under` a path perhaps.

    A page is born with its twin: the two rules share one endpoint, and `url_for` picks the language of the page.
    """

    def decorate(view: View) -> View:
        for language, path in (("fr", fr), ("en", en)):
            defaults = {"language": language}
            blueprint.add_url_rule(f"{under}/{language}{path}", view_func=view, methods=methods, defaults=defaults)
        return view

    return decorate


def language() -> Language:
    """Return the language of the page under way; French where no path says otherwise."""
    return g.get("language", "fr") if has_app_context() else "fr"


def in_words(said: str) -> str:
    """Return a sentence of ours in the language of the page, with a capital and a point; any other text as it is."""
    if not isinstance(said, Sentence):
        return said
    words = _in_language(said)
    first = _PLACE.match(gettext(said.template))
    # A key or a cell that a sentence begins with keeps its letters.
    if first is None or type(said.values[first[1]]) is not str:
        words = words[:1].upper() + words[1:]
    return words if words.endswith((".", "?", "!", "…")) else f"{words}."


def _in_language(sentence: Sentence) -> str:
    template = gettext(sentence.template)
    values = {name: _shown(value) for name, value in sentence.values.items()}
    return template % values if values else template


def _shown(value: Value) -> object:
    match value:
        case Sentence():
            return _in_language(value)
        case Bilingual():
            return value.in_(language())
        case date():
            return formats.day(value, language())
        case time():
            return formats.hour(value, language())
        case list() | tuple():
            return ", ".join(str(_shown(one)) for one in value)
    return value


def teller() -> Callable[..., str]:
    """Return gettext in the language of the page, for whoever says much: it looks for the catalogue once."""
    said = get_translations().ugettext
    return lambda sentence, **values: said(sentence) % values if values else said(sentence)


def twin_arguments(**arguments: object) -> None:
    """State the arguments of the twin page's path where they differ from this page's: a slug."""
    g.twin_arguments = arguments


def query_arguments(arguments: dict[str, str]) -> None:
    """State the arguments of the query that both this page and its twin carry."""
    g.query_arguments = arguments


def page_address() -> str | None:
    """Return the path of this page, or None where there is none (a failure)."""
    if not _is_page():
        return None
    return url_for(str(request.endpoint), **{**(request.view_args or {}), **g.get("query_arguments", {})})


def twin_address() -> str | None:
    """Return the path of the same page in the other language, or None where there is none (a failure)."""
    if not _is_page():
        return None
    path = {**(request.view_args or {}), **g.get("twin_arguments", {})}
    return url_for(str(request.endpoint), language=other(language()), **{**path, **g.get("query_arguments", {})})


def has_failed() -> None:
    """State that what is answered is no page of its own, but a refusal: it has no address to share, and no twin."""
    g.has_failed = True


def _is_page() -> bool:
    return request.endpoint is not None and "language" in g and "has_failed" not in g


def address_in(wanted: Language, endpoint: str, **arguments: Any) -> str:
    """Return the path of a page in one language, outside the page's own."""
    return url_for(endpoint, language=wanted, **arguments)


def attach(app: Flask, filters_of: Callable[[Language], Words]) -> None:
    """Give `app` its languages: catalogues, the language of each request, addresses and templates in it.

    `filters_of` returns the filters that a language gives to its templates.
    """
    # Absolute: Flask-Babel resolves a relative folder against the package.
    translations = assets.TRANSLATIONS
    Babel(
        app,
        default_locale=LOCALES["fr"],
        default_timezone="America/Toronto",
        default_translation_directories=str(translations),
        locale_selector=lambda: LOCALES[language()],
        configure_jinja=False,
    )
    _give_catalogues(app, filters_of)

    @app.url_value_preprocessor
    def take_language(endpoint: str | None, values: dict[str, Any] | None) -> None:
        if values and "language" in values:
            g.language = values.pop("language")

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "language" not in values and app.url_map.is_endpoint_expecting(endpoint, "language"):
            values["language"] = language()

    words: dict[str, Any] = app.jinja_env.globals
    words.update(page_address=page_address, twin_address=twin_address)


def _give_catalogues(app: Flask, filters_of: Callable[[Language], Words]) -> None:
    catalogues = {name: _catalogues()[locale] for name, locale in LOCALES.items()}
    templates = cast("TwoLanguages", app.jinja_env)
    compiled = assets.compiled_templates(app.config["DATA"])
    templates.speak(catalogues, language, lambda one: ({"url_for": _remembered(app)}, filters_of(one)), compiled)
    with app.app_context():
        # No compiled .mo and no step to forget: the catalogue is parsed at start (21–37 ms for 800 messages).
        # A test holds Flask-Babel to this internal (its Domain.cache).
        domain = get_domain()
        domain.cache.update({(locale, domain.domain[0]): found for locale, found in _catalogues().items()})


def _remembered(app: Flask) -> Callable[..., str]:
    """Return `url_for` for the templates of one language, which ask for the same addresses on every page."""

    @lru_cache(maxsize=MOST_ADDRESSES)
    def found(endpoint: str, arguments: tuple[tuple[str, Any], ...]) -> str:
        return app.url_for(endpoint, **dict(arguments))

    return lambda endpoint, **arguments: found(endpoint, tuple(arguments.items()))


@cache
def _catalogues() -> dict[str, Translations]:
    loaded = {}
    for name in LANGUAGES:
        compiled = io.BytesIO()
        if name == "fr":
            with (assets.TRANSLATIONS / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
                write_mo(compiled, read_po(file, locale="fr", abort_invalid=True))
            compiled.seek(0)
            loaded[LOCALES[name]] = Translations(compiled)
        else:
            loaded[LOCALES[name]] = Translations()  # message ids are the English sentences
    return loaded


def check_twins(app: Flask) -> None:
    """Refuse to start with a page that lacks its twin."""
    for rule in app.url_map.iter_rules():
        if "language" in (rule.defaults or {}):
            twins = [twin for twin in app.url_map.iter_rules(rule.endpoint) if twin.arguments == rule.arguments]
            if {twin.defaults["language"] for twin in twins if twin.defaults} != set(LANGUAGES):
                raise RuntimeError(f"{rule.rule} has no twin in the other language: give it one with `route`")
