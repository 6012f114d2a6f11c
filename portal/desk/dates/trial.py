"""What an edition would say, and what may be a slip in it, before it is published; and how the public will see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import force_locale, gettext as _

from portal.core.languages import LANGUAGES, LOCALES, Language
from portal.dates import feeds
from portal.desk.dates.sent import Sent, tell_faults
from portal.desk.dates.typed import Typed
from portal.desk.shown import public_page
from portal.editions import records as editions
from portal.editions.records import Signature, proposed
from portal.editions.rules import Move, Proposal, Question, questions
from portal.feeds.rules import Item
from portal.publication import dates
from portal.publication.dates import NewDates
from portal.staff.sessions import person
from portal.store.database import session
from portal.web.public import absolute


@dataclass(frozen=True, slots=True)
class Trial:
    """The moves of an edition, its items in the feeds, and the public table with it, in each language."""

    moves: Sequence[Move]
    items: Mapping[Language, Sequence[Item]]
    tables: Mapping[Language, str]


def is_right(typed: Typed, sent: Sent) -> bool:
    """Say whether an edition can be made of it; what is wrong is told beside each row."""
    if typed.is_right and not sent.errors and not typed.proposals and not typed.notes:
        typed.errors.append(_("Type a date beside one row at least, or say that it is the same."))
    tell_faults(typed, sent)
    return typed.is_right and not sent.errors


def asked(typed: Typed, sent: Sent) -> Sequence[Question]:
    """Return what may be a slip in an edition that is right."""
    return _asked(typed.proposals, sent)


def look(typed: Typed, sent: Sent) -> None:
    """Tell beside each row what is wrong with it, or what may be a slip, whatever is wrong with the others."""
    tell_faults(typed, sent)
    typed.ask(_asked(typed.readable, sent))
    for one in typed.readable:
        row = typed.rows[one.line - 1]
        if row.said["date"] and one.received_on == row.now.received_on:
            row.asked.append(_("The table says this date already."))


def tried(typed: Typed, sent: Sent) -> Trial:
    """Return what an edition that is right would say when it comes out; it is said for the time of the look alone."""
    # Why a date goes back may still be missing: it is asked on the page that shows this.
    signed = Signature(sent.at, sent.words["reason"] or "–", sent.why, is_confirmed=True)
    with dates.trial(NewDates(typed.proposals, sent.as_of, typed.notes), signed, person().name) as moves:
        return Trial(moves, _items(moves), {name: _public_table(name, sent.at) for name in LANGUAGES})


def _asked(proposals: Sequence[Proposal], sent: Sent) -> Sequence[Question]:
    _current, moves = proposed(session(), proposals, sent.as_of, sent.day)
    return questions(moves, sent.as_of, editions.last_as_of(session()))


def _items(moves: Sequence[Move]) -> Mapping[Language, Sequence[Item]]:
    if not any(move.step.is_change for move in moves):
        return {}
    last = editions.recent(session(), 1)[0].number
    entries = [entry for entry in editions.entries(session(), last) if entry.step.is_change]
    found = {}
    for name in LANGUAGES:
        with force_locale(LOCALES[name]):
            found[name] = [
                feeds.item(entry, absolute(url_for("dates.row", language=name, row=entry.row_key)), name, _)
                for entry in entries
            ]
    return found


def _public_table(name: Language, at: datetime) -> str:
    html = public_page(url_for("dates.table", language=name), at).get_data(as_text=True)
    return html[html.index("<table") : html.index("</table>") + len("</table>")]
