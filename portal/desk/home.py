"""The entrance of the desk, and its first page: what waits, what is to come, what went out today."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flask import Blueprint, Response, g, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.core import formats
from portal.core.calendar import day_of
from portal.desk.office.approvals import waiting_for_someone
from portal.editions import records as editions
from portal.editions.rules import Edition, Entry
from portal.hours.records import holidays
from portal.hours.rules import unconfirmed_years
from portal.notices import records as notices
from portal.reads.records import reads_of
from portal.rows import records as rows
from portal.rows.rules import ProcessingDate
from portal.scheduled.records import scheduled
from portal.scheduled.rules import Scheduled
from portal.store.database import session
from portal.web.locale import language, route
from portal.web.public import render, today

blueprint = Blueprint("desk", __name__)

#: Editions and notices of one day: nobody reads more of them.
MOST_OF_A_DAY = 20
#: Feeds of which the reads are told: those that are read most.
MOST_FEEDS = 20
#: Notices among which those are looked for whose English is behind.
MOST_NOTICES = 200


@blueprint.get("/desk/")
def entrance() -> AnyResponse:
    """The desk is French first, as the portal is."""
    return redirect(url_for("desk.home", language="fr"))


@route(blueprint, fr="/", en="/", under="/desk")
def home() -> AnyResponse:
    """The first page."""
    latest = notices.notices(session(), g.now, limit=MOST_NOTICES)
    to_come = scheduled(session())
    return render(
        "desk/home.html",
        waiting=[
            *_held_back(to_come),
            *_dates_waiting(rows.table(session(), today())),
            *_notices_waiting(latest),
            *_holidays_waiting(),
        ],
        approvals=waiting_for_someone(),
        to_come=[one for one in to_come if one.held is None],
        scheduled=[one for one in notices.standing(session()) if one.state(g.now) == "scheduled"],
        editions=_editions_of_today(),
        reads=reads_of(session(), today())[:MOST_FEEDS],
        notices=[one for one in latest[:MOST_OF_A_DAY] if day_of(one.published_at) == today()],
    )


@route(blueprint, fr="/ici", en="/here", under="/desk")
def here() -> AnyResponse:
    """Nothing to show: that a browser asked keeps its session."""
    return Response(status=204)


@dataclass(frozen=True, slots=True)
class ToDo:
    """What waits for somebody, in words, and where it is done: an endpoint of the desk, and of which item."""

    words: str
    endpoint: str
    item: Mapping[str, object] = field(default_factory=dict)


def _held_back(to_come: Sequence[Scheduled]) -> Iterator[ToDo]:
    for one in to_come:
        if one.held:
            at = formats.instant(one.plan.at, language())
            yield ToDo(_("Dates that did not come out: %(at)s", at=at), "desk_scheduled.show", {"number": one.number})


def _dates_waiting(table: Sequence[ProcessingDate]) -> Iterator[ToDo]:
    for found in table:
        label = found.row.label.in_(language())
        if found.is_stale(today()):
            words = _("%(row)s: not updated since %(day)s.", row=label, day=formats.day(found.as_of, language()))
            yield ToDo(words, "desk_dates.edit")
        elif found.next_update_on == today() and found.as_of != today():
            yield ToDo(_("%(row)s: to be updated today.", row=label), "desk_dates.edit")


def _notices_waiting(latest: Sequence[notices.Notice]) -> Iterator[ToDo]:
    for one in notices.open_promises(session(), g.now):
        words = _("Promise not kept yet: %(promise)s", promise=one.promise.in_(language()))
        yield ToDo(words, "desk_notices.edit", {"key": one.key})
    for one in latest:
        if one.english_at:
            words = _("English behind the French: %(title)s", title=one.title.in_(language()))
            yield ToDo(words, "desk_notices.edit", {"key": one.key})


def _holidays_waiting() -> Iterator[ToDo]:
    for year in unconfirmed_years(holidays(session()), today()):
        yield ToDo(_("The holidays of %(year)s are not confirmed.", year=year), "desk_contact.edit")


def _editions_of_today() -> Sequence[tuple[Edition, Sequence[Entry]]]:
    out = [one for one in editions.recent(session(), MOST_OF_A_DAY) if one.day == today()]
    return [(one, [entry for entry in editions.entries(session(), one.number) if entry.step.is_change]) for one in out]
