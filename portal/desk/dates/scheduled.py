"""Editions to come: what each will say, taken up again to be changed, given up; and those that were held back."""

from collections.abc import Iterator, Mapping

from flask import Blueprint, abort, flash, g, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.core.calendar import QUEBEC
from portal.core.languages import Bilingual
from portal.desk.dates.sent import revision
from portal.desk.dates.typed import written
from portal.drafts import records as drafts
from portal.publication import schedule
from portal.publication.acts import By
from portal.rows import records as rows
from portal.scheduled import records
from portal.scheduled.rules import Hold, Scheduled
from portal.staff.sessions import person
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.web.locale import route
from portal.web.public import render, today

blueprint = Blueprint("desk_scheduled", __name__)


@route(blueprint, fr="/dates/a-venir/<int:number>", en="/dates/scheduled/<int:number>", under="/desk")
def show(number: int) -> AnyResponse:
    """What is to come out, and when; once it is out, its edition."""
    one = records.find(session(), number)
    if one is None:
        return _its_edition(number)
    return _page(one)


@route(
    blueprint,
    fr="/dates/a-venir/<int:number>/reprendre",
    en="/dates/scheduled/<int:number>/again",
    under="/desk",
    methods=("POST",),
)
def take_up(number: int) -> AnyResponse:
    """Let it come out no more, and put what it says back into one's table, to be changed."""
    one = records.find(session(), number)
    if one is None:
        return _its_edition(number)
    if any(draft.person == person().number for draft in drafts.drafts(session(), "dates")):
        return _page(
            one, _("You have begun to type other dates: publish them, or begin anew, before you take these up.")
        )
    with recorded_change("drafts", action="dates.unschedule", actor=person().name, at=g.now) as change:
        if records.remove(change, number):
            drafts.keep(change, "dates", "", person().number, dict(_fields(one)), g.now)
    flash(_("These dates will not come out by themselves any more: they stand below, to be changed."), "success")
    return redirect(url_for("desk_dates.edit"), 303)


@route(
    blueprint,
    fr="/dates/a-venir/<int:number>/abandonner",
    en="/dates/scheduled/<int:number>/give-up",
    under="/desk",
    methods=("POST",),
)
def give_up(number: int) -> AnyResponse:
    """Let it come out no more."""
    if not schedule.give_up(number, By(person().name), g.now):
        return _its_edition(number)
    flash(_("These dates will not come out."), "success")
    return redirect(url_for("desk_dates.edit"), 303)


def hold_words(why: Hold) -> str:
    """Return why an edition did not come out."""
    return {
        "changed": _("The table has changed since it was scheduled."),
        "asked": _("It may hold a slip about which nobody was asked when it was scheduled."),
        "refused": _("The table can no longer say this: a row is not in it that day, for example."),
        "person": _("The account of whoever scheduled it may publish no more."),
    }[why]


def _its_edition(number: int) -> AnyResponse:
    """Lead to the edition as which it came out. Answers 404 where it never was, or was given up."""
    edition = records.came_out(session(), number) or abort(404)
    return redirect(url_for("desk_editions.show", number=edition), 303)


def _page(one: Scheduled, error: str = "") -> AnyResponse:
    response = render(
        "desk/dates/scheduled.html",
        one=one,
        labels=_labels(),
        why=hold_words(one.held) if one.held else "",
        form={"errors": [error] if error else []},
    )
    response.status_code = 409 if error else 200
    return response


def _labels() -> Mapping[str, Bilingual]:
    return {found.row.key: found.row.label for found in rows.all_rows(session())}


def _fields(one: Scheduled) -> Iterator[tuple[str, str]]:
    """Yield what stands in the fields of the table where it is typed again; the time only where it is to come still."""
    plan, notes = one.plan, {found.row.key: found.row.note for found in rows.table(session(), today())}
    for said in plan.proposals:
        given = {"date": said.received_on, "meaning": said.meaning, "next": said.next_update_on}
        yield from ((f"{name}-{said.row}", str(value)) for name, value in given.items() if value)
    for key, note in plan.notes.items():
        if key in notes:
            yield from ((f"fr-{key}", note.fr), (f"en-{key}", note.en), (f"was-{key}", written(notes[key])))
    words = {"as_of": str(plan.as_of), "reason": plan.reason, "why_fr": plan.why.fr, "why_en": plan.why.en}
    if plan.at > g.now:
        wall = plan.at.astimezone(QUEBEC)
        words |= {"day": f"{wall:%Y-%m-%d}", "hour": f"{wall:%H:%M}"}
    yield from ((name, text) for name, text in words.items() if text)
    yield "expected", str(revision())
