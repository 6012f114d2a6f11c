"""The items of the notices' feeds: one a notice, with its whole text. Pure."""

from portal.core.feeds import Item, guid
from portal.core.languages import Language
from portal.notices.rules import AUDIENCE_NAMES, Notice


def item(notice: Notice, address: str, site: str, language: Language) -> Item:
    """Return the feed item of a notice; `address` is its absolute address, `site` what makes its own links absolute."""
    return Item(
        guid=guid("notices", notice.id, language),
        title=notice.title.in_(language),
        link=address,
        html=notice.html.in_(language).replace('href="/', f'href="{site}/'),
        published=notice.published_at,
        categories=tuple(AUDIENCE_NAMES[audience].in_(language) for audience in notice.audiences),
    )
