"""The items of the notices' feeds: one a notice, with its whole text. Pure."""

import re
from html import escape, unescape
from urllib.parse import urljoin

from portal.core.languages import Language
from portal.feeds.rules import Item, guid
from portal.notices.rules import AUDIENCE_NAMES, Notice

#: A link in the tag itself, not in a text about links.
_LINK = re.compile(r'(?<=<a href=")[^"]*')


def item(notice: Notice, address: str, language: Language) -> Item:
    """Return the feed item of a notice; `address` is its absolute address, from which its links are made absolute."""
    return Item(
        guid=guid("notices", notice.key, language),
        title=notice.title.in_(language),
        link=address,
        html=_LINK.sub(lambda link: escape(urljoin(address, unescape(link[0]))), notice.html.in_(language)),
        published=notice.published_at,
        updated=notice.updated_at,
        categories=tuple(AUDIENCE_NAMES[audience].in_(language) for audience in notice.audiences),
    )
