"""The items of the notices' feeds: one a notice, with its whole text. Pure."""

import re

from portal.core.feeds import Item, guid
from portal.core.languages import Language
from portal.notices.rules import AUDIENCE_NAMES, Notice

#: A link to another page of the portal: in the tag itself, not in a text about links, nor `//` and another host.
_OWN_LINK = re.compile(r'(<a href=")(?=/(?!/))')


def item(notice: Notice, address: str, site: str, language: Language) -> Item:
    """Return the feed item of a notice; `address` is its absolute address, `site` what makes its own links absolute."""
    return Item(
        guid=guid("notices", notice.id, language),
        title=notice.title.in_(language),
        link=address,
        html=_OWN_LINK.sub(lambda found: found[1] + site, notice.html.in_(language)),
        published=notice.published_at,
        categories=tuple(AUDIENCE_NAMES[audience].in_(language) for audience in notice.audiences),
    )
