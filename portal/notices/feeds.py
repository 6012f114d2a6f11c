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
    title, html = told.title.in_(language), told.html.in_(language)
    parts: tuple[object, ...] = (notice.key, language)
    if telling.number > 1:
        parts = (notice.key, telling.number, language)
        html = _change(told, gettext) + html
        title = gettext("Change: %(title)s", title=title)
    if telling.shown < notice.revision:
        html = _changed_since(address, gettext) + html
    return Item(
        guid=guid("notices", *parts),
        title=title,
        link=address,
        html=_LINK.sub(lambda link: escape(urljoin(address, unescape(link[0]))), html),
        published=telling.at,
        updated=telling.updated_at,
        categories=tuple(AUDIENCE_NAMES[audience].in_(language) for audience in notice.audiences),
    )


def _change(told: Told, gettext: Gettext) -> str:
    language = told.telling.language
    changed = gettext("Changed on %(day)s.", day=formats.day(day_of(told.telling.at), language))
    note = told.note.exactly(language)  # none where a language follows later, by a correction
    # A plain text: Markup would escape what is put beside it.
    return str(Markup("<p><strong>{}</strong>{}</p>\n").format(changed, f" {note}" if note else ""))


def _changed_since(address: str, gettext: Gettext) -> str:
    words = gettext("This notice has changed since.")
    link = gettext("Read it as it is now")
    return str(Markup('<p><em>{}</em> <a href="{}">{}</a></p>\n').format(words, address, link))
