"""The fragment and the badge of a row, for other sites to show."""

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _, pgettext

from portal.core import formats
from portal.embeds.rules import HEIGHT, Tone, boxes, legible
from portal.rows import shared as shared_rows
from portal.rows.rules import ProcessingDate, begun, found_row, turns
from portal.web.locale import language, route
from portal.web.public import data, is_demonstration, page, render, today, turns_on

blueprint = Blueprint("embeds", __name__)


@route(blueprint, fr="/integrer/dates/<row>", en="/embed/dates/<row>")
@page("dates", banner="stale_line")
def row(row: str) -> Response:
    """One row in a small document of its own: the address is one that may be framed (headers)."""
    dates = shared_rows.known_rows()
    found = found_row(dates, row)
    merged = found_row(dates, found.row.merged_into) if found.row.merged_into else None
    return render("embeds/row.html", date=found, merged=merged, today=today())


@route(blueprint, fr="/integrer/dates/<row>.svg", en="/embed/dates/<row>.svg")
@data("dates")
def badge(row: str) -> Response:
    """The name of a row and what the table says of it, as a picture of one line."""
    every = shared_rows.all_rows()
    turns_on(turns(every))
    found = found_row(begun(every, today()), row)
    label, facts = found.row.label.in_(language()), _facts(found)
    title = _("%(label)s: %(facts)s", label=label, facts=", ".join(words for words, _tone in facts))
    placed = boxes([(label, "name"), *facts])
    total = round(placed[-1].x + placed[-1].width, 1)
    svg = render_template("embeds/badge.svg", boxes=placed, width=total, height=HEIGHT, title=legible(title))
    response = Response(svg, content_type="image/svg+xml; charset=utf-8")
    response.headers["Content-Language"] = language()
    return response


def _facts(found: ProcessingDate) -> list[tuple[str, Tone]]:
    late = found.is_stale(today())
    facts: list[tuple[str, Tone]] = [(_said(found), "good" if found.meaning == "up_to_date" and not late else "plain")]
    if late:
        facts.append((pgettext("badge", "overdue"), "late"))
    if is_demonstration():
        facts.append((pgettext("badge", "demonstration"), "mark"))
    return facts


def _said(found: ProcessingDate) -> str:
    if found.row.merged_into:
        return pgettext("badge", "merged")
    if found.row.has_ended(today()):
        return pgettext("badge", "ended")
    if found.as_of is None:
        return pgettext("badge", "no date yet")
    if found.received_on is None:
        return pgettext("badge", "suspended") if found.meaning == "suspended" else pgettext("badge", "up to date")
    day = formats.day(found.received_on, language())
    return pgettext("badge", "up to %(day)s", day=day) if found.meaning == "received_up_to" else day
