"""The items of the table's feeds: one for each published change of a row, its title carrying the fact. Pure."""

from collections.abc import Callable

from markupsafe import Markup

from portal.core import formats
from portal.core.feeds import Item, guid
from portal.core.languages import Language
from portal.dates.rules import PublishedChange

Gettext = Callable[..., str]


def item(change: PublishedChange, address: str, language: Language, gettext: Gettext) -> Item:
    """Return the feed item of a change; `address` is the absolute address of the row's page."""
    title = _title(change, language, gettext)
    as_of = gettext("As of %(day)s.", day=formats.day(change.as_of, language))
    link = gettext("See this row of the table")
    html = Markup('<p>{}</p><p>{} <a href="{}">{}</a></p>').format(title, as_of, address, link)
    return Item(
        guid=guid("dates", change.row_key, change.edition, language),
        title=title,
        link=address,
        html=str(html),
        published=change.published_at,
        updated=change.published_at,
    )


def _title(change: PublishedChange, language: Language, gettext: Gettext) -> str:
    label = change.label.in_(language)
    if change.received_on is None:
        if change.meaning == "suspended":
            return gettext("%(label)s: suspended", label=label)
        return gettext("%(label)s: up to date", label=label)
    day = formats.day(change.received_on, language)
    if change.old_received_on is None:
        if change.meaning == "received_up_to":
            return gettext("%(label)s: requests received up to %(day)s", label=label, day=day)
        return gettext("%(label)s: requests received %(day)s", label=label, day=day)
    old = formats.day(change.old_received_on, language)
    if change.meaning == "received_up_to":
        return gettext("%(label)s: requests received up to %(day)s (before: %(old)s)", label=label, day=day, old=old)
    return gettext("%(label)s: requests received %(day)s (before: %(old)s)", label=label, day=day, old=old)
