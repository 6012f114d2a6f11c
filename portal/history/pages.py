"""The history of a row: its charts, the table beside them, and what its past says of the future."""

from collections.abc import Sequence

from flask import Blueprint, Response

from portal.core.errors import UnknownKey
from portal.core.languages import Bilingual
from portal.forecast.rules import forecast
from portal.history.charts import HEIGHT, WIDTH, dates_chart, delays_chart
from portal.history.records import history
from portal.history.rules import Said, points, thinned
from portal.rows import shared as shared_rows
from portal.rows.rules import found_row
from portal.store.database import session
from portal.web.locale import route
from portal.web.public import page, render, today

blueprint = Blueprint("history", __name__)

#: Lines of the table beside a chart: two years of weeks, or ten of months.
MOST_LINES = 130


@route(blueprint, fr="/dates/<row>/historique/", en="/dates/<row>/history/")
@page("dates")
def whole(row: str) -> Response:
    """The whole history of a row."""
    return _history(row, None)


@route(blueprint, fr="/dates/<row>/historique/<int:year>/", en="/dates/<row>/history/<int:year>/")
@page("dates")
def year(row: str, year: int) -> Response:
    """One year of the history of a row."""
    return _history(row, year)


def _history(key: str, year: int | None) -> Response:
    rows = shared_rows.known_rows()
    found = found_row(rows, key)
    every = history(session(), key)
    years = sorted({said.day.year for said in every})
    if year is not None and year not in years:
        raise UnknownKey("year", str(year), [(str(known), Bilingual(str(known), str(known))) for known in years])
    may_forecast = found.row.has_forecast and found.received_on and not found.is_stale(today())
    chosen = [said for said in every if year in (None, said.day.year)]
    return render(
        "history/history.html",
        date=found,
        merged=found_row(rows, found.row.merged_into) if found.row.merged_into else None,
        split_from=found_row(rows, found.row.split_from) if found.row.split_from else None,
        today=today(),
        year=year,
        years=years,
        editions=len(chosen),
        withdrawn=[said for said in chosen if said.is_withdrawn],
        forecast=_forecast(every) if year is None and may_forecast else None,
        **_drawn(chosen),
    )


def _drawn(chosen: Sequence[Said]) -> dict[str, object]:
    lines = thinned(chosen, MOST_LINES)
    charts = {"dates_chart": dates_chart(lines), "delays_chart": delays_chart(lines), "size": (WIDTH, HEIGHT)}
    return {"lines": lines, "is_thinned": len(lines) < sum(not said.is_withdrawn for said in chosen), **charts}


def _forecast(every: Sequence[Said]) -> object:
    """Forecast when a request received today would be reached."""
    return forecast(points(every), today(), today())
