"""Editions to come: what each will say, taken up again to be changed, cancelled; and those that were held back."""

from collections.abc import Iterator

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.core import formats
from portal.core.calendar import QUEBEC
from portal.desk.dates.sent import LONGEST_WORDS
from portal.desk.dates.typed import cleaned, written
from portal.drafts import records as drafts
from portal.publication import schedule
from portal.publication.acts import By
from portal.rows import records as rows
from portal.rows.rules import on_day
from portal.scheduled import records
from portal.scheduled.rules import Ending, Hold, Scheduled
from portal.staff.sessions import person
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.web.locale import in_words, language, route
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
    with recorded_change("drafts", action="dates.unschedule", actor=person().name, at=g.now) as change:
        has_draft = any(draft.person == person().number for draft in drafts.drafts(change.session, "dates"))
        is_mine = not has_draft and records.remove(change, number, cancelled="")
        if is_mine:
            drafts.keep(change, "dates", "", person().number, dict(_fields(one)), g.now)
    if has_draft:
        words = _("You have begun to type other dates: publish them, or begin anew, before you take these up.")
        return _page(one, words, status=409)
    if not is_mine:
        return _its_edition(number)
    flash(_("These dates will not come out by themselves any more: they stand below, to be changed."), "success")
    return redirect(url_for("desk_dates.edit"), 303)


@route(
    blueprint,
    fr="/dates/a-venir/<int:number>/annuler",
    en="/dates/scheduled/<int:number>/cancel",
    under="/desk",
    methods=("POST",),
)
def cancel(number: int) -> AnyResponse:
    """Let it come out no more, for a reason: nothing of it is kept but in the audit log."""
    one = records.find(session(), number)
    reason = cleaned(request.form.get("reason", ""), LONGEST_WORDS)
    if one and not reason:
        return _page(one, _("Say why, for the audit log."), status=422)
    if not schedule.cancel(number, By(person().name), g.now, reason):
        return _its_edition(number)
    flash(_("These dates will not come out."), "success")
    return redirect(url_for("desk_dates.edit"), 303)


def hold_words(why: Hold) -> str:
    """Return why an edition did not come out."""
    return {
        "changed": _("The table has changed since it was scheduled."),
        "asked": _("A confirmation was missing at its time."),
        "refused": _("The table could no longer say this."),
        "author": _("The account or the token that scheduled it can no longer publish."),
    }[why]


def _its_edition(number: int) -> AnyResponse:
    """Lead to the edition as which it came out, or tell who stopped it, and why. Answers 404 where it never was."""
    ending = records.ending(session(), number) or abort(404)
    if ending.edition:
        return redirect(url_for("desk_editions.show", number=ending.edition), 303)
    if ending.edition is None:
        is_own = ending.name == person().name  # who pressed the button twice, perhaps
        flash(_stopped_words(ending), "success" if is_own else "error")
    else:
        flash(_("This has come out: notes alone, or what the table said already."), "success")
    return redirect(url_for("desk_dates.edit"), 303)


def _stopped_words(ending: Ending) -> str:
    name, at = ending.name, formats.instant(ending.at, language())
    if ending.reason:
        return _("%(name)s cancelled this publication (%(at)s): %(why)s", name=name, at=at, why=ending.reason)
    return _("%(name)s took these dates up again, to change them (%(at)s).", name=name, at=at)


def _page(one: Scheduled, error: str = "", status: int = 200) -> AnyResponse:
    is_cancelling = status == 422
    response = render(
        "desk/dates/scheduled.html",
        one=one,
        now={found.row.key: found for found in on_day(rows.all_rows(session()), today())},
        why=hold_words(one.held) if one.held else "",
        missing=[(row, in_words(words)) for row, words in schedule.missing(one, g.now)] if one.held else [],
        form={"errors": [("reason" if is_cancelling else "", error)] if error else []},
        is_cancelling=is_cancelling,
    )
    response.status_code = status
    return response


def _fields(one: Scheduled) -> Iterator[tuple[str, str]]:
    """Yield what stands in the fields of the table where it is typed again, begun where its publisher began.

    The time is there only where it is to come still.
    """
    plan, seen = one.plan, one.seen
    for said in plan.proposals:
        meaning, received_on, _last = seen.said[said.row]
        given: dict[str, object] = {"next": said.next_update_on}
        if (said.meaning, said.received_on) == (meaning, received_on):
            given["same"] = "yes"
        else:
            given |= {"date": said.received_on, "meaning": said.meaning if said.meaning != meaning else ""}
        yield from ((f"{name}-{said.row}", str(value)) for name, value in given.items() if value)
    for key, note in plan.notes.items():
        yield from ((f"fr-{key}", note.fr), (f"en-{key}", note.en), (f"was-{key}", written(seen.notes[key])))
    words = {"as_of": str(plan.as_of), "reason": plan.reason, "why_fr": plan.why.fr, "why_en": plan.why.en}
    if plan.at > g.now:
        wall = plan.at.astimezone(QUEBEC)
        words |= {"day": f"{wall:%Y-%m-%d}", "hour": f"{wall:%H:%M}"}
    yield from ((name, text) for name, text in words.items() if text)
    yield "expected", str(seen.revision)
