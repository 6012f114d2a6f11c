"""The dates on one screen: typed or pasted, questioned, tried, and published once."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from portal.audit.records import since
from portal.core import formats
from portal.core.errors import StaleEdit
from portal.core.languages import Bilingual
from portal.dates.pages import by_group
from portal.desk.approving import approved, held
from portal.desk.dates.sent import (
    Meanwhile,
    Sent,
    cells,
    form,
    pasted_content,
    pasted_lines,
    plan,
    revision,
    sent_table,
    table,
    tell_faults,
)
from portal.desk.dates.trial import asked, is_right, look, tried
from portal.desk.dates.typed import Typed, read
from portal.drafts import records as drafts
from portal.drafts.rules import Draft
from portal.editions import records as editions
from portal.editions.rules import Question
from portal.publication import dates, schedule
from portal.publication.acts import By
from portal.rows.rules import latest_as_of
from portal.scheduled import records as plans
from portal.scheduled.rules import AlreadyScheduled, Author, Scheduled
from portal.staff.sessions import confirm, is_fresh, person
from portal.store.changes import recorded_change
from portal.store.database import session
from portal.web.locale import in_words, language, route
from portal.web.public import as_json, render

blueprint = Blueprint("desk_dates", __name__)

#: Editions listed under the table.
RECENT = 5


@route(blueprint, fr="/dates/", en="/dates/", under="/desk")
def edit() -> AnyResponse:
    """Every row as it is now, with fields beside it: as one left them, or as a colleague did."""
    draft = _draft(request.args.get("draft", str(person().number)))
    given = dict(draft.typed) if draft else {"expected": str(revision())}
    if draft and draft.person != person().number:
        given["draft"] = str(draft.person)
    sent = form(given)
    return _page(read(table(sent.day), given, sent.day), sent, draft=draft)


@route(blueprint, fr="/dates/reprendre", en="/dates/again", under="/desk", methods=("POST",))
def again() -> AnyResponse:
    """The fields again, with what was sent."""
    typed, sent = sent_table()
    return _page(typed, sent)


@route(blueprint, fr="/dates/brouillon", en="/dates/draft", under="/desk", methods=("POST",))
def autosave() -> AnyResponse:
    """Keep what is typed, as it is, and say who else is typing."""
    sent = form(request.form)
    typed = read(table(sent.day), request.form, sent.day)
    rows = dict(typed.fields())
    if not rows:
        _forget_draft()
        return as_json({"saved": "", "others": [_at_it(one) for one in _others()]})
    fields = rows | dict(sent.fields()) | {"expected": str(sent.expected or 0)}
    with recorded_change("drafts", action="drafts.keep", actor=person().name, at=g.now) as change:
        drafts.keep(change, "dates", "", person().number, fields, g.now)
    saved = _("Kept as your draft: %(at)s", at=formats.instant(g.now, language()))
    return as_json({"saved": saved, "others": [_at_it(one) for one in _others()]})


@route(blueprint, fr="/dates/abandonner", en="/dates/give-up", under="/desk", methods=("POST",))
def give_up() -> AnyResponse:
    """Forget one's draft, and begin anew."""
    _forget_draft()
    return redirect(url_for("desk_dates.edit"), 303)


@route(blueprint, fr="/dates/questions", en="/dates/questions", under="/desk", methods=("POST",))
def ask() -> AnyResponse:
    """What is wrong, and what may be a slip, row by row, while the clerk still types or pastes; nothing is kept."""
    given, told = request.form.to_dict(), []
    day = form(given).day
    now = table(day)
    if content := pasted_content():
        lines, faults = pasted_lines(content, now)
        given |= cells(lines)
        told = [words for _line, words in faults]
    typed, sent = read(now, given, day), form(given)
    look(typed, sent)
    told += [*sent.errors.values(), *(_meanwhile_words(one) for one in sent.meanwhile())]
    found = {
        row.now.row.key: {
            "errors": row.errors,
            "questions": row.asked,
            "fields": {name: row.said[name] for name in ("date", "meaning", "next")},
        }
        for row in typed.rows
    }
    return as_json({"rows": found, "told": told})


@route(blueprint, fr="/dates/verifier", en="/dates/check", under="/desk", methods=("POST",))
def check() -> AnyResponse:
    """What would be published, what may be a slip, and how the public will see it; nothing is kept."""
    typed, sent = sent_table()
    if not is_right(typed, sent):
        return _page(typed, sent, status=422)
    return _checked(typed, sent)


@route(blueprint, fr="/dates/publier", en="/dates/publish", under="/desk", methods=("POST",))
def publish() -> AnyResponse:
    """Publish what was checked: all of it or nothing, once however often the button is pressed."""
    typed, sent = sent_table()
    if not is_right(typed, sent):
        return _page(typed, sent, status=422)
    if sent.is_stale:
        return _stale(typed, sent)
    questions = asked(typed, sent)
    if refusal := _refusal(sent, questions):
        return _checked(typed, sent, refusal)
    if any(one.is_backwards for one in questions) and (waits := held()):
        return waits
    mine = tuple({person().number, sent.drafts_of or person().number})
    by = By(person().name, sent.expected, drafts_of=mine, prepared=approved())
    try:
        if sent.later:
            return _scheduled(typed, sent, sent.later, by)
        new = dates.NewDates(typed.proposals, sent.as_of, typed.notes)
        return _published(new, len(dates.publish(current_app, new, sent.signature, by)))
    except StaleEdit:
        return _stale(typed, sent)


def _scheduled(typed: Typed, sent: Sent, at: datetime, by: By) -> AnyResponse:
    try:
        confirmed = request.form.getlist("confirmed")
        author = Author(person().number)
        scheduled = schedule.schedule(plan(typed, sent, at), g.now, by, author, lambda asked: confirmed)
    except AlreadyScheduled:  # a moment ago
        tell_faults(typed, sent)
        return _page(typed, sent, status=422)
    if scheduled is None:
        return _said_already()
    _forget_draft()  # sent twice, it was kept once, and the draft of the second time with it
    flash(_("The edition is scheduled (%(at)s).", at=formats.instant(at, language())), "success")
    return redirect(url_for("desk_scheduled.show", number=scheduled[0]), 303)


def _published(new: dates.NewDates, moves: int) -> AnyResponse:
    if moves:
        return _to_edition(editions.recent(session(), 1)[0].number)
    if not new.notes:
        return _said_already()
    flash(_("The notes are published."), "success")
    return redirect(url_for("desk_dates.edit"), 303)


def _to_edition(number: int) -> AnyResponse:
    flash(_("Edition %(number)s is published.", number=number), "success")
    return redirect(url_for("desk_editions.show", number=number), 303)


def _said_already() -> AnyResponse:
    _forget_draft()
    flash(_("Nothing to publish: the table says this already."), "success")
    return redirect(url_for("desk_dates.edit"), 303)


def _refusal(sent: Sent, questions: Sequence[Question]) -> str:
    """Return what is still missing before an edition with such questions may be published, or nothing."""
    if any(str(one) not in request.form.getlist("confirmed") for one in questions):
        return _("Answer every question, or go back and change the date.")
    if not any(one.is_backwards for one in questions):
        return ""
    if not sent.words["reason"]:
        return _("A date goes back: say why.")
    if is_fresh():
        return ""
    password = request.form.get("password", "")
    if not password:
        return _("A date goes back: give your password.")
    return "" if confirm(password) else _("This is not your password.")


def _stale(typed: Typed, sent: Sent) -> AnyResponse:
    """Answer someone who began before the table last changed: with both texts, or that theirs is published already."""
    if not tried(typed, sent).moves and not typed.notes:
        lines = since(session(), "dates", sent.expected) if sent.expected is not None else []
        own = [line.details["edition"] for line in lines if line.actor == person().name and "edition" in line.details]
        return _to_edition(int(str(own[0]))) if own else _said_already()
    return _checked(typed, sent)


def _checked(typed: Typed, sent: Sent, error: str = "") -> AnyResponse:
    """Return the page before publishing. Answers 422 with an error, 409 to whoever began before the last change."""
    questions, meanwhile = asked(typed, sent), sent.meanwhile()
    is_stale = sent.is_stale
    sent.expected = revision()
    backwards = any(one.is_backwards for one in questions)
    response = render(
        "desk/dates/check.html",
        typed=typed,
        sent=sent,
        trial=tried(typed, sent),
        asked=[(str(one), one.row, in_words(one.sentence)) for one in questions],
        confirmed=request.form.getlist("confirmed"),
        backwards=backwards,
        needs_password=backwards and not is_fresh(),
        error=error,
        form={"errors": [error] if error else []},
        is_stale=is_stale,
        labels=_labels(typed),
        to_come=[] if sent.later else _also_to_come(typed),
        meanwhile=meanwhile,
        changed_by={key: one for one in reversed(meanwhile) for key in one.rows},
        given=[(name, text) for name, text in [*typed.fields(), *sent.fields()] if name != "reason" or not backwards],
    )
    response.status_code = 422 if error else 409 if is_stale else 200
    return response


def _page(typed: Typed, sent: Sent, status: int = 200, draft: Draft | None = None) -> AnyResponse:
    """Return the table to fill in; once what changed meanwhile is told there, one begins from what it says now."""
    meanwhile, is_stale = sent.meanwhile(), sent.is_stale
    sent.expected = revision()
    response = render(
        "desk/dates/edit.html",
        typed=typed,
        sent=sent,
        groups=by_group([row.now for row in typed.rows]),
        as_of=latest_as_of(row.now for row in typed.rows),
        rows={row.now.row.key: row for row in typed.rows},
        form={"errors": _errors(typed, sent)},
        labels=_labels(typed),
        meanwhile=meanwhile,
        now=g.now,
        draft=draft,
        others=_others(),
        pasted=request.form.get("pasted", ""),
        to_come=plans.scheduled(session()),
        recent=editions.editions(session(), limit=RECENT),
    )
    response.status_code = 409 if is_stale and status != 200 else status
    return response


def _errors(typed: Typed, sent: Sent) -> list[tuple[str, str]]:
    """Return what is wrong, each with the field to which it leads, if any."""
    of_rows = [
        (f"date-{row.now.row.key}", f"{row.now.row.label.in_(language())} – {words}")
        for row in typed.rows
        for words in row.errors
    ]
    return [*(("", words) for words in typed.errors), *sent.errors.items(), *of_rows]


def _labels(typed: Typed) -> dict[str, Bilingual]:
    return {row.now.row.key: row.now.row.label for row in typed.rows}


def _also_to_come(typed: Typed) -> list[Scheduled]:
    """Return the editions to come that speak of rows of which the clerk says anything."""
    said = {proposal.row for proposal in typed.proposals} | set(typed.notes)
    return [one for one in plans.to_come(session()) if not one.plan.rows.isdisjoint(said)]


def _draft(number: str) -> Draft | None:
    found = (one for one in drafts.drafts(session(), "dates") if str(one.person) == number)
    return next(found, None)


def _others() -> list[Draft]:
    return [one for one in drafts.drafts(session(), "dates") if one.person != person().number]


def _at_it(draft: Draft) -> str:
    at = formats.instant(draft.at, language())
    return _("%(name)s, %(at)s", name=draft.name, at=at)


def _meanwhile_words(one: Meanwhile) -> str:
    at = formats.instant(one.at, language())
    return _("The table has changed since you began: %(name)s, %(at)s", name=one.name, at=at)


def _forget_draft() -> None:
    with recorded_change("drafts", action="drafts.forget", actor=person().name, at=g.now) as change:
        if drafts.forget(change, "dates", "", person().number):
            change.details["form"] = "dates"
