"""The items of the notices' feeds: one for a notice, one more for each major change, with the whole text. Pure."""

import re
from collections.abc import Callable, Mapping
from html import unescape
from urllib.parse import urljoin

from markupsafe import escape

from portal.core import formats
from portal.core.calendar import day_of
from portal.core.languages import Language
from portal.feeds.rules import Category, Item, guid
from portal.notices.rules import AUDIENCE_NAMES, Notice, Told

Gettext = Callable[..., str]
Address = Callable[[Notice], str]
#: A link in the tag itself, not in a text about links.
_LINK = re.compile(r'(?<=<a href=")[^"]*')


def item(told: Told, address_of: Address, promising: Mapping[int, Notice], gettext: Gettext) -> Item:
    """Return the feed item of what is told of a notice, in the language of the telling.

    `address_of` gives the absolute address of a notice, from which its links are made absolute; `promising` holds, by
    its number, the notice whose promise it keeps, where that may be seen. An item is as old as its notice, unless its
    news came later: a change, or the first text in a language.
    """
    telling, notice, language = told.telling, told.notice, told.telling.language
    address = address_of(notice)
    title, html = told.title.exactly(language), told.html.exactly(language)
    parts: tuple[object, ...] = (notice.key, language)
    if telling.number > 1:
        parts = (notice.key, telling.number, language)
        html = _change(told, gettext) + html
        title = gettext("Changed: %(title)s", title=title)
    if telling.shown < notice.revision:
        html = _changed_since(address, gettext) + html
    html += _facts(told, gettext)
    if told.facts.keeps and (kept := promising.get(notice.keeps or 0)):
        html += _keeps(kept.title.in_(language), address_of(kept), gettext)
    is_as_old = telling.number == telling.since == 1
    return Item(
        guid=guid("notices", *parts),
        title=title,
        link=address,
        html=_LINK.sub(lambda link: escape(urljoin(address, unescape(link[0]))), html),
        published=notice.published_at if is_as_old else telling.at,
        updated=telling.updated_at,
        categories=_categories(notice, language),
    )


def _categories(notice: Notice, language: Language) -> tuple[Category, ...]:
    return tuple(Category("audiences", one, AUDIENCE_NAMES[one].in_(language)) for one in notice.audiences)


def _facts(told: Told, gettext: Gettext) -> str:
    """Return what the page says beside the text: from when the notice applies, its forms, and what it promises."""
    language = told.telling.language
    facts = ""
    if told.facts.applies_on:
        applies = gettext("Applies as of")
        facts += _fact(applies, formats.day(told.facts.applies_on, language))
    if told.facts.forms:
        facts += _fact(gettext("Forms concerned:"), formats.listed(told.facts.forms, language))
    if promise := told.promise.exactly(language):
        facts += _fact(gettext("Our promise:"), promise)
    return facts


def _keeps(title: str, address: str, gettext: Gettext) -> str:
    words = gettext("This notice keeps the promise made in:")
    return f'\n<p>{escape(words)} <a href="{escape(address)}">{escape(title)}</a></p>'


def _fact(name: str, words: str) -> str:
    return f"\n<p><strong>{escape(name)}</strong> {escape(words)}</p>"


def _change(told: Told, gettext: Gettext) -> str:
    language = told.telling.language
    changed = gettext("Changed on %(day)s.", day=formats.day(day_of(told.telling.at), language))
    note = told.note.exactly(language)  # none where a language follows later, by a correction
    words = f" {note}" if note else ""
    return f"<p><strong>{escape(changed)}</strong>{escape(words)}</p>\n"


def _changed_since(address: str, gettext: Gettext) -> str:
    words = gettext("This notice has changed since.")
    link = gettext("Read the current text")
    return f'<p><em>{escape(words)}</em> <a href="{escape(address)}">{escape(link)}</a></p>\n'
