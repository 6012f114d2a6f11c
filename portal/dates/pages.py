"""The table of processing dates, one row of it, and the answer to "has my date been reached?"."""

from collections.abc import Collection, Sequence
from itertools import groupby

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField, StringField, ValidationError

from portal.core.errors import UnknownKey
from portal.dates import feeds, records as groups
from portal.dates.calendars import Reminder, calendar
from portal.dates.rules import Answer, answer
from portal.delivery import records as delivery_records
from portal.delivery.rules import Rule, agreed
from portal.editions.records import changes, changes_from, count_changes
from portal.editions.rules import Entry
from portal.feeds.calendars import MEDIA_TYPE
from portal.feeds.pages import About, Source, answer as answer_feed, feed_route
from portal.feeds.rules import MOST_ITEMS, Format, Item
from portal.forecast.rules import Interval, Point, Refusal, forecast
from portal.history.records import points
from portal.history.rules import reached
from portal.hours.records import holidays
from portal.notices import feeds as notice_feeds
from portal.notices.records import about, last_publication, next_publication, notice_of_key, promising
from portal.notices.rules import AUDIENCE_NAMES, Notice, Told, Touched
from portal.rows import shared as shared_rows
from portal.rows.rules import Group, ProcessingDate, begun, comings, found_row, latest_as_of, turns
from portal.store.database import session
from portal.web.locale import language, query_arguments, route, teller
from portal.web.public import (
    PublicForm,
    absolute,
    as_file,
    changed_since,
    data,
    is_demonstration,
    known_arguments,
    last_change,
    moved,
    now,
    page,
    received_on,
    render,
    today,
    turns_on,
    valid_until,
)

blueprint = Blueprint("dates", __name__)

#: Changes shown on the page of a row.
ON_PAGE = 5


class CheckForm(PublicForm):
    """The kind of request and the received date of a person's own."""

    type = SelectField(validate_choice=False)
    date = StringField()

    known: Collection[str] = ()

    def offer(self, rows: Sequence[ProcessingDate]) -> "CheckForm":
        """Fill the choices with the rows that stand in the table, by group; an ended one is known, not offered."""
        self.known = {found.row.key for found in rows}
        offered = [found for found in rows if found.row.is_in_table(today())]
        self.type.choices = {
            group.label.in_(language()): [(found.row.key, found.row.label.in_(language())) for found in dates]
            for group, dates in by_group(offered)
        }
        return self

    def validate_type(self, field: SelectField) -> None:
        """Refuse a kind of request that is no row of the table."""
        if field.data not in self.known:
            raise ValidationError(_("Choose the kind of request."))

    def validate_date(self, field: StringField) -> None:
        """Refuse what is no day, a day to come, or one before 1990."""
        received_on(field)


def by_group(table: Sequence[ProcessingDate]) -> list[tuple[Group, list[ProcessingDate]]]:
    """Return the rows under their groups, in the order of the table."""
    return [(group, list(dates)) for group, dates in groupby(table, key=lambda found: found.row.group)]


def _explained_by(found: ProcessingDate) -> Notice | None:
    if not found.row.notice:
        return None
    valid_until(next_publication(session(), now()))  # it may be scheduled
    return notice_of_key(session(), found.row.notice, now())


@route(blueprint, fr="/dates/", en="/dates/")
@page("dates")
def table() -> Response:
    """The table."""
    dates = shared_rows.table()
    form = CheckForm(formdata=None).offer(dates)
    stale = [found for found in dates if found.is_stale(today())]
    return render(
        "dates/table.html", groups=by_group(dates), as_of=latest_as_of(dates), form=form, stale=stale, today=today()
    )


@route(blueprint, fr="/dates/<row>/", en="/dates/<row>/")
@page("dates", "notices")
def row(row: str) -> Response:
    """One row: its date, what it means, the forms it covers, its last changes."""
    dates = shared_rows.known_rows()
    found = found_row(dates, row)
    merged = found_row(dates, found.row.merged_into) if found.row.merged_into else None
    split_from = found_row(dates, found.row.split_from) if found.row.split_from else None
    form = CheckForm(formdata=None, type=row).offer(dates)
    last = changes(session(), [row], ON_PAGE)
    kin = {"merged": merged, "split_from": split_from}
    explained_by = _explained_by(found)
    valid_until(next_publication(session(), now()))
    told = [one for one in about(session(), Touched(rows=[row]), (), now(), limit=ON_PAGE) if one != explained_by]
    context = {"notice": explained_by, "notices": told, "changes": last, "form": form, "today": today()}
    return render("dates/row.html", date=found, **kin, **context)


@route(blueprint, fr="/dates/verifier", en="/dates/check")
@page("dates", "notices", "delivery", arguments=("type", "date"))
def check() -> Response | tuple[Response, int]:
    """The answer to a person's own date; without arguments, the question."""
    given = known_arguments("type", "date")
    query_arguments(given)
    dates = shared_rows.known_rows()
    form = CheckForm(formdata=request.args if given else None).offer(dates)
    if not given:
        return render("dates/check.html", form=form, answer=None, today=today())
    if not form.validate():
        return render("dates/check.html", form=form, answer=None, today=today()), 422
    found = found_row(dates, str(form.type.data))
    received = received_on(form.date)
    past = points(session(), found.row.key)
    answered = answer(found, received, reached(past, received), today(), holidays(session()))
    merged = found_row(dates, found.row.merged_into) if found.row.merged_into else None
    context: dict[str, object] = {"notice": _explained_by(found), "merged": merged, "today": today()}
    context |= {"delivery": _delivery(answered), "forecast": _forecast(answered, past)}
    context["last"] = changes(session(), [found.row.key], 1) if answered.had_reached_on else []
    return render("dates/check.html", form=form, answer=answered, **context)


def _delivery(answered: Answer) -> Rule | None:
    """Return by which channel what the person waits for will come; None where nothing will, or nothing is agreed."""
    row = answered.date.row
    return (
        agreed(delivery_records.rules(session()), row.forms, answered.received_on) if row.issues_credentials else None
    )


def _forecast(answered: Answer, past: Sequence[Point]) -> Interval | Refusal | None:
    if answered.verdict != "not_yet" or not answered.date.row.has_forecast or answered.date.is_stale(today()):
        return None
    return forecast(past, answered.received_on, today())


@feed_route(blueprint, fr="/dates/fil", en="/dates/feed")
@data("dates")
def table_feed(kind: Format, archive: int | None = None) -> Response:
    """The feed of every row."""
    title = _("Processing dates")
    description = _("Each published change of a date in the table of processing dates.")
    about = About(("dates",), title, description, url_for("dates.table"))
    return answer_feed(about, _changes(None), kind, archive)


@feed_route(blueprint, fr="/dates/<row>/fil", en="/dates/<row>/feed")
@data("dates")
def row_feed(row: str, kind: Format, archive: int | None = None) -> AnyResponse:
    """The feed of one row. A merged row’s has moved to the row that goes on; that of a row long ended is retired."""
    every = shared_rows.all_rows()
    found = found_row(begun(every, today()), row)
    retires_on = found.row.retires_on
    turns_on([*comings(every), *([retires_on] if retires_on else [])])
    if found.row.merged_into:
        # An archive of its own is not one of the other row's: readers that walk back end here.
        return moved(url_for("dates.row_feed", row=found.row.merged_into, kind=kind)) if not archive else abort(404)
    if retires_on and today() >= retires_on:
        abort(410)
    title = _("Processing date: %(label)s", label=found.row.label.in_(language()))
    description = _("Each published change of this row of the table of processing dates.")
    about = About(("dates", row), title, description, url_for("dates.row", row=row))
    return answer_feed(about, _changes([row]), kind, archive)


@route(blueprint, fr="/dates/groupes/<group>/", en="/dates/groups/<group>/")
@page("dates", "notices")
def group(group: str) -> Response:
    """One group of forms: its dates, and the notices that touch it."""
    found, dates = _group(shared_rows.all_rows(), group)
    valid_until(next_publication(session(), now()))
    shown = [one for one in dates if one.row.is_in_table(today())]
    told = about(session(), _touched(dates), (), now(), limit=ON_PAGE)
    context = {"notices": told, "audience_names": AUDIENCE_NAMES, "today": today()}
    return render("dates/group.html", group=found, dates=shown, as_of=latest_as_of(shown), **context)


@feed_route(blueprint, fr="/dates/groupes/<group>/fil", en="/dates/groups/<group>/feed")
@data("dates", "notices")
def group_feed(group: str, kind: Format, archive: int | None = None) -> Response:
    """The feed of a group of forms: each change of its dates, each notice that touches it."""
    every = shared_rows.all_rows()
    found, dates = _group(every, group)
    turns_on(comings(every))
    valid_until(next_publication(session(), now()))
    changed_since(last_publication(session(), now()))
    title = _("Dates and notices: %(group)s", group=found.label.in_(language()))
    description = _("Each published change of a date of this group, and each notice about its forms.")
    about = About(("dates", "groups", group), title, description, url_for("dates.group", group=group))
    feed = groups.GroupFeed(_touched(dates), language())
    source = Source(
        newest=lambda: _told(groups.newest(session(), feed, now(), MOST_ITEMS)),
        count=lambda: groups.count(session(), feed, now()),
        from_oldest=lambda offset, limit: _told(groups.from_oldest(session(), feed, now(), offset, limit)),
    )
    return answer_feed(about, source, kind, archive)


def _group(every: Sequence[ProcessingDate], key: str) -> tuple[Group, Sequence[ProcessingDate]]:
    known = dict(by_group(begun(every, today())))
    for found, dates in known.items():
        if found.key == key:
            return found, dates
    raise UnknownKey("group", key, [(found.key, found.label) for found in known])


def _touched(dates: Sequence[ProcessingDate]) -> Touched:
    forms = sorted({number for found in dates for number in found.row.forms})
    return Touched(forms, [found.row.key for found in dates])


def _told(found: Sequence[Told | Entry]) -> list[Item]:
    kept = promising(session(), [one for one in found if isinstance(one, Told)], now())
    gettext = teller()
    return [
        notice_feeds.item(one, _notice_address, kept, gettext) if isinstance(one, Told) else _change_item(one, gettext)
        for one in found
    ]


def _notice_address(notice: Notice) -> str:
    return absolute(url_for("notices.notice", number=notice.id, slug=notice.slug(language())))


def _change_item(change: Entry, gettext: feeds.Gettext) -> Item:
    return feeds.item(change, absolute(url_for("dates.row", row=change.row_key)), language(), gettext)


def _changes(row_keys: Collection[str] | None) -> Source:
    return Source(
        newest=lambda: _told(changes(session(), row_keys, MOST_ITEMS)),
        count=lambda: count_changes(session(), row_keys),
        from_oldest=lambda offset, limit: _told(changes_from(session(), row_keys, offset, limit)),
    )


@route(blueprint, fr="/dates/<row>/rappel.ics", en="/dates/<row>/reminder.ics")
@data("dates")
def reminder(row: str) -> Response:
    """The day of a row's next update as a calendar file; answers 404 where no day is announced."""
    found = found_row(shared_rows.known_rows(), row)
    at = last_change()  # of the table, before that of the calendar
    turns_on([*turns([found]), *([found.next_update_on] if found.next_update_on else [])])
    day = found.announced_on(today()) or abort(404)
    address = absolute(url_for("dates.row", row=row))
    label = found.row.label.in_(language())
    name = "rappel" if language() == "fr" else "reminder"
    file = calendar(Reminder(row, label, day, address, at, language(), is_demonstration()), _)
    return as_file(file, MEDIA_TYPE, f"{name}-{row}.ics")
