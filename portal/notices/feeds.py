"""The items of the notices' feeds: one for a notice, one more for each major change, with the whole text. Pure."""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import urljoin

from markupsafe import Markup

from portal.core import formats
from portal.core.calendar import day_of
from portal.feeds.rules import Item, guid
from portal.notices.rules import AUDIENCE_NAMES, Told

Gettext = Callable[..., str]
#: A link in the tag itself, not in a text about links.
_LINK = re.compile(r'(?<=<a href=")[^"]*')


def item(told: Told, address: str, gettext: Gettext) -> Item:
    """Return the feed item of what is told of a notice, in the language of the telling.

    `address` is the notice's absolute address, from which its links are made absolute.
    """
    telling, notice, language = told.telling, told.notice, told.telling.language
    title, html = told.title.exactly(language), told.html.exactly(language)
    parts: tuple[object, ...] = (notice.key, language)
    if telling.number > 1:
        parts = (notice.key, telling.number, language)
        html = _change(told, gettext) + html
        title = gettext("Changed: %(title)s", title=title)
    if telling.shown < notice.revision:
        html = _changed_since(address, gettext) + html
    html += _facts(told, gettext)
    return Item(
        guid=guid("notices", *parts),
        title=title,
        link=address,
        html=_LINK.sub(lambda link: escape(urljoin(address, unescape(link[0]))), html),
        published=notice.published_at if telling.number == 1 else telling.at,
        updated=telling.updated_at,
        categories=tuple(AUDIENCE_NAMES[audience].in_(language) for audience in notice.audiences),
    )


def _facts(told: Told, gettext: Gettext) -> str:
    """Return what the page says beside the text: from when the notice applies, and what it promises."""
    language = told.telling.language
    facts = ""
    if told.facts.applies_on:
        applies = gettext("Applies as of")
        facts += _fact(applies, formats.day(told.facts.applies_on, language))
    if promise := told.promise.exactly(language):
        facts += _fact(gettext("Our promise:"), promise)
    return facts


def _fact(name: str, words: str) -> str:
    # A plain text: Markup would escape the whole text that it is added to.
    return str(Markup("\n<p><strong>{}</strong> {}</p>").format(name, words))


def _change(told: Told, gettext: Gettext) -> str:
    language = told.telling.language
    changed = gettext("Changed on %(day)s.", day=formats.day(day_of(told.telling.at), language))
    note = told.note.exactly(language)  # none where a language follows later, by a correction
    # A plain text: Markup would escape what is put beside it.
    return str(Markup("<p><strong>{}</strong>{}</p>\n").format(changed, f" {note}" if note else ""))


def _changed_since(address: str, gettext: Gettext) -> str:
    words = gettext("This notice has changed since.")
    link = gettext("Read the current text")
    return str(Markup('<p><em>{}</em> <a href="{}">{}</a></p>\n').format(words, address, link))
