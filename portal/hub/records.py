"""The queue of pings, in the database: one asked for by a publication is kept with it, or not at all."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, Index, String, Text, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.hub.rules import Outcome, Ping, State
from portal.store.changes import Change
from portal.store.database import Model, UtcDateTime

#: What was told a month ago explains nothing any more.
KEPT = timedelta(days=30)
#: So that a statement never has more parameters than SQLite takes (32,766).
MOST_ROWS = 5_000
_INSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class PingRow(Model):
    """A feed that changes at an instant, of which the hub is to be told."""

    __tablename__ = "pings"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'told', 'refused', 'given_up')", name="state_is_known"),
        CheckConstraint("(state = 'waiting') = (done_at IS NULL)", name="done_has_an_instant"),
        CheckConstraint("substr(path, 1, 1) = '/'", name="path_is_our_own"),
        Index(None, "state", "next_try_at"),
        Index(None, "done_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int]
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[State] = mapped_column(String(20))
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(Text)


_waits = PingRow.done_at.is_(None)
#: Two publications of one instant ask for one ping.
Index(None, PingRow.path, PingRow.due_at, unique=True, sqlite_where=_waits, postgresql_where=_waits)


def enqueue(change: Change, paths: Collection[str], due_at: datetime) -> None:
    """Ask, inside the recorded change that publishes, that the hub be told of feeds.

    `paths` are those of the feeds that the publication changes, as they stand in their `self` link after the public
    URL: percent-encoded, with their query. `due_at` (aware) is the instant from which the feeds show it: now, or that
    of a scheduled notice. The pings live and die with the change: one that is abandoned or changed nothing asks for
    none, so nothing is said of them in its details. Ask only where a hub is configured, or the queue only grows; ask
    again when a notice is corrected or withdrawn, and never take a ping back: one too many is harmless.
    """
    # Only inserts, in one order: a publication never waits for the sender, nor two publications for each other.
    new = {"due_at": due_at, "next_try_at": due_at, "tries": 0, "state": "waiting", "words": ""}
    rows = [{"path": path, **new} for path in sorted(set(paths))]
    if rows:
        insert = _INSERT[change.session.get_bind().dialect.name]
        change.session.execute(insert(PingRow).on_conflict_do_nothing(), rows)


def due(session: Session, now: datetime, limit: int) -> Sequence[Ping]:
    """Return the pings to send now, at most `limit`, those that wait longest first.

    Publications of one feed are one ping: with the newest come those that failed before it, and they share its tries.
    """
    ready = (
        select(PingRow.path)
        .where(PingRow.state == "waiting", PingRow.next_try_at <= now)
        .group_by(PingRow.path)
        .order_by(func.min(PingRow.next_try_at), PingRow.path)
        .limit(limit)
    )
    rows = (
        select(PingRow.path, PingRow.id, PingRow.tries)
        .where(PingRow.state == "waiting", PingRow.due_at <= now, PingRow.path.in_(ready))
        .order_by(PingRow.next_try_at, PingRow.path, PingRow.id)
        .limit(MOST_ROWS)
    )
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for path, number, tries in session.execute(rows):
        found[path].append((number, tries))
    return [
        Ping(path, tuple(number for number, _tries in asked), min(tries for _number, tries in asked))
        for path, asked in found.items()
    ]


def next_try(session: Session) -> datetime | None:
    """Return when the next ping is to be sent, or None where none waits."""
    return session.scalar(select(func.min(PingRow.next_try_at)).where(PingRow.state == "waiting"))


def keep(change: Change, outcomes: Sequence[tuple[Ping, Outcome]], at: datetime) -> None:
    """Keep what became of pings that were tried by `at`, and forget those done long ago.

    The audit log gets one line a round: how many of each state, and what the hub said first; the queue has the rest.
    """
    alike: dict[Outcome, list[int]] = defaultdict(list)
    answers: dict[State, list[str]] = defaultdict(list)
    for ping, outcome in outcomes:
        alike[outcome] += ping.ids
        answers[outcome.state].append(outcome.words)
    change.details.update({state: {"feeds": len(words), "answer": words[0]} for state, words in answers.items()})
    for outcome, ids in alike.items():
        values: dict[str, object] = {"state": outcome.state, "tries": outcome.tries, "words": outcome.words}
        values |= {"next_try_at": outcome.next_try_at} if outcome.next_try_at else {"done_at": at}
        # Two senders may have had the same ping: what one of them told stays told.
        change.session.execute(update(PingRow).where(PingRow.id.in_(ids), PingRow.state == "waiting").values(**values))
    change.session.execute(delete(PingRow).where(PingRow.done_at < at - KEPT))
