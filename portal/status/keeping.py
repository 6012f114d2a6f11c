"""Writing requests: a file of them, new or moved on; and removing those that are no longer shown."""

import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from hashlib import sha256
from typing import NamedTuple, cast

from sqlalchemy import Table, delete, func, insert, select

from portal.config import Key
from portal.core.calendar import QUEBEC
from portal.core.errors import FileRefused, PortalError, Problem, Problems
from portal.core.languages import Sentence
from portal.delivery import records as delivery
from portal.forms.rules import known_forms
from portal.rows import records as rows
from portal.status import records
from portal.status.files import read_requests
from portal.status.records import FileRow, ReferenceRow, RequestRow, imported_at
from portal.status.rules import (
    Holder,
    Imported,
    Request,
    check_reason,
    fault_of,
    has_expired,
    last_expired,
    reference_fault_of,
    reference_hash,
    superseded,
)
from portal.store.changes import Change, recorded_change
from portal.store.database import session
from portal.store.many import insert_rows, is_among, update_rows

#: Requests of one round: SQLite takes 32,766 parameters at most, and each has two references under each of the keys.
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Terms:
    """How a file is taken: under which `keys`, on which day in Québec, and why what is kept may be contradicted.

    Without a `correction`, stages move along their arrows alone. A request closed more than `closed_days` ago is not
    kept. `tried` is what a trial of the file said that it would do.
    """

    keys: Sequence[Key]
    today: date
    closed_days: int
    correction: str = ""
    tried: "Counts | None" = None


@dataclass(slots=True)
class Counts:
    """What came of a file: requests added, changed, changed against what was kept, removed.

    `referred` are references given to requests that were known, `replaced` those that made place for them, `reassigned`
    those that are another person's now, `moved_to_key` those moved to the newest key. `expired` requests were new and
    closed too long ago to be shown. `unknown_forms` are the numbers that no row and no delivery
    rule knows: they are kept, for a form may be older than the table, but one of them may be a slip.
    """

    read: int = 0
    added: int = 0
    changed: int = 0
    corrected: int = 0
    referred: int = 0
    replaced: int = 0
    reassigned: int = 0
    moved_to_key: int = 0
    expired: int = 0
    unknown_forms: Sequence[str] = ()
    removed: int = 0

    def does_what(self, tried: "Counts") -> bool:
        """Say whether a file did what its trial said; what was closed too long ago may be removed at any hour."""
        return replace(self, removed=0, unknown_forms=()) == replace(tried, removed=0, unknown_forms=())


class AlreadyImported(PortalError):
    """The very file was imported before, at an aware instant: there is nothing to do."""

    def __init__(self, at: datetime) -> None:
        there = at.astimezone(QUEBEC)
        sentence = Sentence(
            "this file was imported already, on %(day)s at %(hour)s: nothing to do", day=there.date(), hour=there.time()
        )
        super().__init__(sentence)
        self.at = at


class OtherThanTried(PortalError):
    """A file would do something else than when it was tried, for requests have changed; `counts` is what it would."""

    def __init__(self, counts: Counts) -> None:
        super().__init__(Sentence("requests have changed since the file was tried: it would not do the same"))
        self.counts = counts


class KeyLost(PortalError):
    """References are kept under keys that this process does not know: their requests would be added a second time."""

    def __init__(self, ids: Sequence[str]) -> None:
        named = " and ".join(f"“{one}”" for one in ids)
        super().__init__(
            f"references are kept under key {named}, which this process does not know; give PORTAL_SECRET_FILE its "
            "line again, restart every process, then import"
        )


class _Reference(NamedTuple):
    hash: str
    key_id: str
    holder: Holder
    request_id: int


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of the requests of one round.

    The `hashes` of a reference are those under each key, the newest first; `holders` tells of a request, by its id,
    each of its references.
    """

    hashes: Mapping[str, Sequence[str]]
    references: Mapping[str, _Reference]
    requests: Mapping[int, Request]
    holders: Mapping[int, Mapping[str, Holder]]

    def reference(self, typed: str) -> _Reference | None:
        return next((self.references[word] for word in self.hashes[typed] if word in self.references), None)

    def given(self, one: Imported) -> Mapping[str, Holder]:
        """Return each reference of a file's request with its holder: by its hash where it is kept, else as typed."""
        return {known.hash if (known := self.reference(typed)) else typed: who for typed, who in one.holders().items()}


_REQUESTS, _REFERENCES = cast(Table, RequestRow.__table__), cast(Table, ReferenceRow.__table__)


@dataclass(slots=True)
class _Round:
    """The rows that one round of requests writes."""

    requests: list[dict[str, object]] = field(default_factory=list)
    changed: list[dict[str, object]] = field(default_factory=list)
    outdated: list[str] = field(default_factory=list)
    references: list[_Reference] = field(default_factory=list)

    def write(self, change: Change) -> None:
        session = change.session
        insert_rows(session, _REQUESTS, self.requests)
        update_rows(session, _REQUESTS, self.changed)
        if self.outdated:
            session.execute(delete(ReferenceRow).where(is_among(session, ReferenceRow.hash, self.outdated)))
        insert_rows(session, _REFERENCES, [one._asdict() for one in self.references])


def digest_of(key: Key, content: bytes) -> str:
    """Return the keyed digest of a file: without the key, nobody can tell whether a guessed file was imported."""
    return hmac.new(key.secret, content, sha256).hexdigest()


class Keeper:
    """Keeps the requests of one file, round by round; the faults are told at the end, and then nothing is kept.

    With `moves_only`, it gives to the references that are kept the newest key, and does nothing else.
    """

    def __init__(self, change: Change, terms: Terms, *, moves_only: bool) -> None:
        self._change = change
        self._terms = terms
        self._keep = self._move_one if moves_only else self._keep_one
        self._next_id = (change.session.scalar(select(func.max(RequestRow.id))) or 0) + 1
        self._lines: dict[int, int] = {}
        self._problems = Problems()
        self.counts = Counts()

    def keep(self, imported: Sequence[Imported]) -> None:
        """Keep the requests. Raises FileRefused with the lines that contradict what is kept."""
        for start in range(0, len(imported), BATCH):
            self._keep_round(imported[start : start + BATCH])
        if self._problems:
            raise FileRefused(*self._problems, more=self._problems.more)

    def _keep_round(self, imported: Sequence[Imported]) -> None:
        kept = self._kept(imported)
        written = _Round()
        for one in imported:
            self.counts.read += 1
            self._keep(one, kept, written)
        written.write(self._change)

    def _kept(self, imported: Sequence[Imported]) -> _Kept:
        hashes = {
            reference: [reference_hash(key.secret, reference) for key in self._terms.keys]
            for one in imported
            for reference in one.holders()
        }
        found = list(records.kept(self._change.session, [one for all_of in hashes.values() for one in all_of]))
        requests = {one[3]: one[4] for one in found}
        holders: dict[int, dict[str, Holder]] = {id_: {} for id_ in requests}
        for hash_, holder, id_ in records.references_of(self._change.session, requests):
            holders[id_][hash_] = holder
        return _Kept(hashes, {one[0]: _Reference(*one[:4]) for one in found}, requests, holders)

    def _move_one(self, one: Imported, kept: _Kept, written: _Round) -> None:
        for typed in one.holders():
            if reference := kept.reference(typed):
                self._refer(kept.hashes[typed][0], reference.request_id, "anyone", reference, written)

    def _keep_one(self, one: Imported, kept: _Kept, written: _Round) -> None:
        known = {typed: kept.reference(typed) for typed in one.holders()}
        ids = {reference.request_id for reference in known.values() if reference}
        if len(ids) > 1:
            self._problems.append(Problem(one.line, Sentence("its two references are those of two requests")))
            return
        is_known = bool(ids)
        if not is_known:
            if has_expired(one.request, self._terms.today, self._terms.closed_days):
                self.counts.expired += 1
                return
            request_id = self._add(one, written)
        else:
            request_id = ids.pop()
            if not self._change_one(one, request_id, kept, written):
                return
        for typed, holder in one.holders().items():
            self._refer(kept.hashes[typed][0], request_id, holder, known[typed], written)
            self.counts.referred += is_known and known[typed] is None

    def _add(self, one: Imported, written: _Round) -> int:
        request_id, self._next_id = self._next_id, self._next_id + 1
        written.requests.append({"id": request_id, **_columns(one.request)})
        self.counts.added += 1
        return request_id

    def _change_one(self, one: Imported, request_id: int, kept: _Kept, written: _Round) -> bool:
        first = self._lines.setdefault(request_id, one.line)
        if first != one.line:
            sentence = Sentence("the request stands already on line %(line)s", line=first)
            self._problems.append(Problem(one.line, sentence))
            return False
        known, given = kept.holders[request_id], kept.given(one)
        fault = fault_of(kept.requests[request_id], one.request)
        faults = [found for found in (fault, reference_fault_of(known, given)) if found]
        if faults and not self._terms.correction:
            for found in faults:
                sentence = Sentence("%(fault)s; if this is meant, give the file as a correction", fault=found)
                self._problems.append(Problem(one.line, sentence))
            return False
        taken = superseded(known, given)
        written.outdated += taken
        self.counts.replaced += len(taken)
        if kept.requests[request_id] != one.request:
            written.changed.append({"id": request_id, **_columns(one.request)})
            self.counts.changed += 1
            self.counts.corrected += bool(fault)
        return True

    def _refer(self, current: str, request_id: int, holder: Holder, kept: _Reference | None, written: _Round) -> None:
        if kept and holder == "anyone":
            holder = kept.holder  # a file that gives one reference says nothing of whose it is
        row = _Reference(current, self._terms.keys[0].id, holder, request_id)
        if row == kept:
            return
        if kept:
            written.outdated.append(kept.hash)
            self.counts.moved_to_key += kept.key_id != row.key_id
            self.counts.reassigned += kept.holder != row.holder
        written.references.append(row)


def _columns(request: Request) -> dict[str, object]:
    return {name: getattr(request, name) for name in Request.__slots__}


def import_file(
    content: bytes,
    terms: Terms,
    at: datetime,
    actor: str,
    *,
    is_trial: bool = False,
    progress: Callable[[], object] = lambda: None,
) -> Counts:
    """Read a file and keep its requests in one transaction, or nothing of it, as with `is_trial`; `at` is aware.

    Raises FileRefused with its first faults, KeyLost, ReasonTellsWhose, OtherThanTried, AlreadyImported for the file of
    another time, unless it is a correction.
    """
    check_reason(terms.correction)
    digest, *older = (digest_of(key, content) for key in terms.keys)
    if not terms.correction and (at_newest := imported_at(session(), [digest])):
        raise AlreadyImported(at_newest)
    # Imported before the key was changed: it may move requests to the newest one, but not bring back what it said.
    known_at = None if terms.correction else imported_at(session(), older)
    found = read_requests(content, terms.today, progress)
    with recorded_change("status", action="requests.import", actor=actor, at=at) as change:
        counts = keep_file(change, found, digest, at, terms, moves_only=known_at is not None)
        if known_at and not counts.moved_to_key:
            raise AlreadyImported(known_at)
        if is_trial:
            change.abandon()
    known = known_forms(rows.all_rows(session()), delivery.rules(session()))
    counts.unknown_forms = sorted({one.request.form_number for one in found} - known.keys() - {""})
    return counts


def keep_file(
    change: Change, imported: Sequence[Imported], digest: str, at: datetime, terms: Terms, *, moves_only: bool
) -> Counts:
    """Keep the requests of a file, new or moved on, and remove those that are no longer shown.

    `digest` is the keyed one of the file, `at` the aware instant, `moves_only` as for Keeper. The audit log holds
    counts and the reason of a correction, never a reference nor a hash. Raises FileRefused, KeyLost, OtherThanTried.
    """
    if lost := records.lost_keys(change.session, terms.keys):
        raise KeyLost(lost)
    keeper = Keeper(change, terms, moves_only=moves_only)
    keeper.keep(imported)
    counts = keeper.counts
    counts.removed = purge(change, terms.today, terms.closed_days)
    told = {
        name: getattr(counts, name) for name in Counts.__slots__ if name not in ("read", "expired", "unknown_forms")
    }
    if any(told.values()):
        # A correction may come by a file that was imported before.
        change.session.execute(delete(FileRow).where(FileRow.digest == digest))
        change.session.execute(insert(FileRow), [{"digest": digest, "at": at}])
        change.details |= {name: count for name, count in told.items() if count or name in ("added", "changed")}
        if terms.correction:
            change.details["reason"] = terms.correction
        if terms.tried and not counts.does_what(terms.tried):
            raise OtherThanTried(counts)
    return counts


def purge(change: Change, today: date, closed_days: int) -> int:
    """Remove the requests that were closed more than `closed_days` before a day in Québec; return how many."""
    expired = (RequestRow.stage == "closed", RequestRow.changed_on <= last_expired(today, closed_days))
    count = change.session.scalar(select(func.count()).select_from(RequestRow).where(*expired)) or 0
    if count:
        change.session.execute(delete(RequestRow).where(*expired))
        change.details["removed"] = count
    return count
