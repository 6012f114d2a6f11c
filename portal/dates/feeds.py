"""The items of the table's feeds: one for each published change of a row, its title carrying the fact. Pure."""

from collections.abc import Callable

from markupsafe import escape

from portal.core import formats
from portal.core.languages import Language
from portal.editions.rules import Entry
from portal.feeds.rules import Category, Item, guid

Gettext = Callable[..., str]


def item(change: Entry, address: str, language: Language, gettext: Gettext) -> Item:
    """Return the feed item of a change; `address` is the absolute address of the row's page."""
    title, edition = _title(change, language, gettext), change.edition
    if edition.undoes is not None:
        title = gettext("Correction: %(title)s", title=title)
    words = [gettext("As of %(day)s.", day=formats.day(change.as_of, language))]
    if edition.undoes is not None:
        words.append(gettext("This corrects an edition that was published by mistake."))
    if edition.undone_by is not None:
        words.append(gettext("This edition was published by mistake, then withdrawn."))
    if change.step.is_backwards and edition.undoes is None:
        words.append(gettext("The date moved back. Your own received date has not changed."))
    # What is told of an edition is told where it explains something: its other rows moved as usual.
    if edition.why and (change.step.is_backwards or edition.undoes is not None):
        words.append(edition.why.in_(language))
    link = gettext("See this row of the table")
    html = f'<p>{escape(title)}</p><p>{escape(" ".join(words))} <a href="{escape(address)}">{escape(link)}</a></p>'
    return Item(
        guid=guid("dates", change.row_key, edition.number, language),
        title=title,
        link=address,
        html=html,
        published=edition.published_at,
        updated=edition.undone_at or edition.published_at,
        categories=(
            Category("subjects", "dates", gettext("Processing dates")),
            Category("rows", change.row_key, change.label.in_(language)),
        ),
    )


def _title(change: Entry, language: Language, gettext: Gettext) -> str:
    label, step = change.label.in_(language), change.step
    if step.received_on is None:
        if step.meaning == "suspended":
            return gettext("%(label)s: suspended", label=label)
        return gettext("%(label)s: up to date", label=label)
    day = formats.day(step.received_on, language)
    if step.old_received_on is None:
        if step.meaning == "received_up_to":
            return gettext("%(label)s: requests received up to %(day)s", label=label, day=day)
        return gettext("%(label)s: requests received %(day)s", label=label, day=day)
    old = formats.day(step.old_received_on, language)
    if step.meaning == "received_up_to":
        return gettext("%(label)s: requests received up to %(day)s (before: %(old)s)", label=label, day=day, old=old)
    return gettext("%(label)s: requests received %(day)s (before: %(old)s)", label=label, day=day, old=old)
