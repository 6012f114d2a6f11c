"""Any life of notices by any clock: no output tells what nobody may see, and none leaves out what all may."""

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings, strategies as st
from sqlalchemy import delete, select, update

from portal.app import create_app
from portal.core.errors import CannotPublish
from portal.core.languages import LANGUAGES, Bilingual, Language
from portal.feeds.rules import FORMATS, TAG
from portal.notices import items, keeping, records
from portal.notices.feeds import item
from portal.notices.rules import AUDIENCES, Audience, Draft, Told, Touched, is_visible, tellings
from portal.store.changes import Change, recorded_change
from portal.store.database import database, session
from portal.store.words import SearchWordsRow
from tests.makers import PUBLIC_URL, ROWS, an_office

BEGINNING = datetime(2026, 11, 18, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
KEYS = ("one", "two", "three", "four")
#: A word of every text, to search for.
COMMON = "formulaire"
#: Words by which a text is known wherever it stands: `jeton7z` in the French of the seventh step, `token7z` in English.
TOKEN = re.compile(r"(?:jeton|token)[0-9]+z")


@dataclass(frozen=True)
class Publication:
    """A file given to `publish`, so many minutes after the step before; `due` is counted from then, None is a draft."""

    after: int
    key: str
    due: int | None
    changes: frozenset[Language]
    has_english: bool
    is_major: bool
    audiences: tuple[Audience, ...]
    touches: bool
    keeps: str = ""


@dataclass(frozen=True)
class Withdrawal:
    """A notice withdrawn, so many minutes after the step before."""

    after: int
    key: str


minutes = st.integers(0, 4)
publications = st.builds(
    Publication,
    after=minutes,
    key=st.sampled_from(KEYS),
    due=st.sampled_from([0, 0, 0, -3, 2, 5, None]),
    changes=st.sampled_from([frozenset(), frozenset({"fr"}), frozenset({"en"}), frozenset(LANGUAGES)]),
    has_english=st.sampled_from([True, True, False]),
    is_major=st.booleans(),
    audiences=st.sampled_from([("professionals",), ("developers",), ("professionals", "developers"), AUDIENCES]),
    touches=st.booleans(),
    keeps=st.sampled_from(["", "", *KEYS]),
)
lives = st.lists(
    st.one_of(publications, publications, publications, st.builds(Withdrawal, minutes, st.sampled_from(KEYS))),
    max_size=12,
)


@dataclass
class World:
    """The site with an hour of its own, and what ought to be known of each notice by its key."""

    app: Flask
    now: datetime = BEGINNING
    steps: int = 0
    drafts: dict[str, Draft] = field(default_factory=dict)
    #: Every word that a notice may show, by its key: those of the texts that the public saw, and of the last.
    words: dict[str, set[str]] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    #: What was withdrawn after the public saw it.
    gone: set[str] = field(default_factory=set)

    @contextmanager
    def change(self) -> Generator[Change]:
        """Change the notices now."""
        with (
            self.app.app_context(),
            recorded_change("notices", action="test", actor="a test", at=self.now) as change,
        ):
            yield change

    def empties(self) -> None:
        """Begin again without a notice."""
        self.now, self.steps = BEGINNING, 0
        for kept in (self.drafts, self.words, self.withdrawn, self.gone):
            kept.clear()
        tables = (
            SearchWordsRow,
            records.NoticeTouchRow,
            records.NoticeItemRow,
            records.NoticeRevisionRow,
            records.NoticeAudienceRow,
        )
        with self.change() as change:
            change.session.execute(update(records.NoticeRow).values(keeps_id=None))
            for table in (*tables, records.NoticeRow):
                change.session.execute(delete(table))
            change.details["test"] = "begins"

    def lives(self, step: Publication | Withdrawal) -> None:
        """Take a step; what is refused changes nothing."""
        self.now += step.after * MINUTE
        self.steps += 1
        is_seen = step.key in self.visible()
        try:
            with self.change() as change:
                if isinstance(step, Withdrawal):
                    keeping.withdraw(change, step.key, self.now, "a test")
                else:
                    draft = self.draft(step)
                    keeping.keep(change, draft, self.now, Bilingual("Un mot.", "A word.") if step.is_major else None)
        except CannotPublish:
            return
        if isinstance(step, Withdrawal):
            self.withdrawn.add(step.key)
            self.gone |= {step.key} if is_seen else set()
        else:
            self.drafts[step.key] = draft
            self.words[step.key] = (self.words[step.key] if is_seen else set()) | words(f"{draft.body}")

    def draft(self, step: Publication) -> Draft:
        """Return what a file says, with words that stand nowhere else where the text changes."""
        last = self.drafts.get(step.key)
        fr = f"jeton{self.steps}z" if last is None or "fr" in step.changes else last.title.fr
        en = f"token{self.steps}z" if last is None or "en" in step.changes or not last.title.en else last.title.en
        text = Bilingual(fr, en if step.has_english else "")
        body = Bilingual(f"{fr} {COMMON}", f"{en} {COMMON}" if step.has_english else "")
        return Draft(
            key=step.key,
            published_at=None if step.due is None else self.now + step.due * MINUTE,
            audiences=step.audiences,
            title=text,
            body=body,
            forms=("4058",) if step.touches else (),
            promise=Bilingual("Nous vous le dirons.", "We will tell you." if step.has_english else ""),
            keeps=step.keeps,
        )

    def visible(self) -> dict[str, Draft]:
        """Return what the public may see now, by what was published, not by what the database says."""
        return {
            key: draft
            for key, draft in self.drafts.items()
            if key not in self.withdrawn and draft.published_at is not None and draft.published_at <= self.now
        }

    def allowed(self) -> set[str]:
        """Return every word that an output may hold now."""
        return {word for key in self.visible() for word in self.words[key]}

    def get(self, path: str, status: int = 200) -> str:
        answer = self.app.test_client().get(path, base_url=PUBLIC_URL)
        assert answer.status_code == status, f"{path}: {answer.status}"
        return answer.text


def words(text: str) -> set[str]:
    return set(TOKEN.findall(text))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, initialised: Path) -> Iterator[World]:
    office = an_office(tmp_path_factory.mktemp("world"), like=initialised)
    office.did("dates", "rows", office.file(ROWS))
    hours: list[World] = []
    app = create_app(office.config, lambda: hours[0].now)
    hours.append(World(app))
    yield hours[0]
    with app.app_context():
        database.engine.dispose()


def untranslated(sentence: str, **values: str) -> str:
    """The gettext of the language in which messages are written."""
    return sentence % values if values else sentence


def guids(told: Sequence[Told]) -> list[str]:
    return [item(one, lambda notice: "http://portal.test/", {}, untranslated).guid for one in told]


def check_list(world: World, audiences: Sequence[Audience]) -> None:
    """The list holds what is visible for these audiences, newest first, and so does its number."""
    found = records.notices(session(), world.now, audiences=audiences, limit=99)
    visible = world.visible()
    expected = {key for key, one in visible.items() if not audiences or set(one.audiences) & set(audiences)}
    assert {one.key for one in found} == expected
    assert len(found) == len(expected) == records.count(session(), world.now, audiences)
    assert [one.published_at for one in found] == sorted((one.published_at for one in found), reverse=True)


def check_feed(world: World, language: Language, audiences: Sequence[Audience]) -> None:
    """The newest items and the archives hold each item of what is visible once, and nothing else."""
    feed, now = items.Feed(language, audiences), world.now
    newest = items.newest_items(session(), feed, now, 99)
    notices = records.notices(session(), now, audiences=audiences, limit=99)
    expected = [
        (one.key, told.number)
        for one in notices
        for told in tellings(records.revisions(session(), one.id))
        if told.language == language
    ]
    assert sorted((one.notice.key, one.telling.number) for one in newest) == sorted(expected)
    assert len(set(guids(newest))) == len(newest)
    assert {one.notice.key for one in newest} == {one.key for one in notices if one.is_in(language)}
    places = items.count_items(session(), feed, now)
    archives = [items.items_from(session(), feed, now, start, 2) for start in range(0, places, 2)]
    assert [one for archive in archives for one in archive] == newest[::-1]
    assert words(repr(newest)) <= world.allowed()


def check_numbers(world: World) -> None:
    """The database and the rules agree on what is visible; and on when that changes next."""
    now, rows = world.now, session().scalars(select(records.NoticeRow)).all()
    assert {row.key for row in rows} == set(world.drafts)
    seen = set(session().scalars(select(records.NoticeRow.key).where(records.visible(now))))
    assert seen == {row.key for row in rows if is_visible(row.published_at, row.withdrawn_at, now)}
    assert seen == set(world.visible())
    days = {one.published_at for key, one in world.drafts.items() if key not in world.withdrawn and one.published_at}
    assert records.next_publication(session(), now) == min((at for at in days if at > now), default=None)
    assert records.last_publication(session(), now) == max((at for at in days if at <= now), default=None)


def check_touching(world: World) -> None:
    """What is said about a form, of promises and of those who keep them is visible."""
    visible, now = world.visible(), world.now
    about = records.about(session(), Touched(forms=["4058"]), (), now, limit=99)
    assert {one.key for one in about} == {key for key, one in visible.items() if one.forms}
    kept = {one.keeps for one in visible.values()}
    assert {one.key for one in records.open_promises(session(), now)} == set(visible) - kept
    for row in session().scalars(select(records.NoticeRow)).all():
        numbered = records.numbered(session(), [row.id, 0], now)
        assert [one.key for one in numbered] == ([row.key] if row.key in visible else [])
        assert records.visible_among(session(), [row.id, 0], now) == {one.id for one in numbered}
        for promising in numbered:
            keeping = records.kept_by(session(), promising, now)
            assert (keeping is not None) == (row.key in kept)
            assert keeping is None or visible[keeping.key].keeps == row.key


#: For everyone, for one audience, for a union.
AUDIENCES_ASKED: tuple[tuple[Audience, ...], ...] = ((), ("professionals",), ("developers", "institutions"))


@settings(max_examples=30)
@given(life=lives, later=st.lists(st.integers(0, 6), max_size=3))
def test_the_database_tells_what_is_visible_at_each_instant(
    world: World, life: list[Publication | Withdrawal], later: list[int]
) -> None:
    world.empties()
    told: dict[tuple[str, Language], list[str]] = {}
    for step in (*life, *later):
        if isinstance(step, int):
            world.now += step * MINUTE
        else:
            world.lives(step)
        with world.app.app_context():
            check_numbers(world)
            check_touching(world)
            check_identities(world, told)
            for audiences in AUDIENCES_ASKED:
                check_list(world, audiences)
                for language in LANGUAGES:
                    check_feed(world, language, audiences)


def check_identities(world: World, told: dict[tuple[str, Language], list[str]]) -> None:
    """What the feeds tell of a notice only grows; what it has told keeps its guid, which is nothing else's."""
    for language in LANGUAGES:
        kept = items.newest_items(session(), items.Feed(language), world.now, 99)
        for key in world.drafts:
            own = sorted((one for one in kept if one.notice.key == key), key=lambda one: one.telling.number)
            before = told.setdefault((key, language), [])
            if own:  # else its English is gone, for now or for good, or it was withdrawn
                assert guids(own)[: len(before)] == before
                told[key, language] = guids(own)
    every = [guid for some in told.values() for guid in some]
    assert len(set(every)) == len(every)


LISTS = (
    "/fr/avis/",
    "/en/notices/",
    "/fr/avis/clientele/professionals/",
    "/en/notices/?clientele=dispensers,developers",
)
FEEDS: Mapping[Language, tuple[str, ...]] = {
    "fr": ("/fr/avis/fil", "/fr/avis/clientele/developers/fil", "/fr/dates/groupes/exchanges/fil"),
    "en": ("/en/notices/feed", "/en/notices/audience/developers/feed", "/en/dates/groups/exchanges/feed"),
}
OTHERS = (
    "/fr/",
    "/en/",
    "/fr/formulaires/4058/",
    "/en/forms/4058/",
    "/fr/dates/groupes/exchanges/",
    "/api/v1/notices",
    "/sitemap.xml",
    f"/fr/recherche/?q={COMMON}",
    f"/en/search/?q={COMMON}",
)
#: Where each visible notice is told by its French title.
WHOLE = (LISTS[0], *(f"/fr/avis/fil.{kind}" for kind in FORMATS), "/api/v1/notices", "/sitemap.xml", OTHERS[-2])
IN_FEED = re.compile(rf"(?<=>|\"){TAG}/notices/[^<\"]+")


@settings(max_examples=10)
@given(life=lives, later=st.integers(0, 6))
def test_no_page_feed_or_document_tells_more_or_less(
    world: World, life: list[Publication | Withdrawal], later: int
) -> None:
    world.empties()
    for step in life:
        world.lives(step)
    for _time in range(2):
        check_answers(world)
        check_each_notice(world)
        world.now += later * MINUTE


def check_answers(world: World) -> None:
    allowed, visible = world.allowed(), world.visible()
    feeds = [f"{feed}.{kind}" for some in FEEDS.values() for feed in some for kind in FORMATS]
    answers = {path: world.get(path) for path in (*LISTS, *feeds, *OTHERS)}
    for path, text in answers.items():
        assert words(text) <= allowed, f"{path} tells what nobody may see"
    for path in WHOLE:
        assert {one.title.fr for one in visible.values()} <= words(answers[path]), f"{path} leaves out a notice"
    assert {one.title.in_("en") for one in visible.values()} <= words(answers[LISTS[1]])
    for language, some in FEEDS.items():
        for feed in some:
            told = [sorted(IN_FEED.findall(answers[f"{feed}.{kind}"])) for kind in FORMATS]
            assert told[0] == told[1] == told[2], feed
            assert len(set(told[0])) == len(told[0])
            assert all(guid.endswith(f"/{language}") for guid in told[0])
    assert json.loads(answers["/api/v1/notices"])["total"] == len(visible)


def check_each_notice(world: World) -> None:
    """The page of a notice is there, withdrawn, or was never there."""
    with world.app.app_context():
        rows = session().scalars(select(records.NoticeRow)).all()
    for row in rows:
        status = 200 if row.key in world.visible() else 410 if row.key in world.gone else 404
        slugs = (row.title_fr, row.title_en or row.title_fr) if status == 200 else ("x", "x")
        pages = [f"/fr/avis/{row.id}/{slugs[0]}", f"/en/notices/{row.id}/{slugs[1]}"]
        for path in (*pages, f"/fr/avis/versions/{row.id}/"):
            found = words(world.get(path, status))
            assert found <= (world.words[row.key] | world.allowed() if status == 200 else set()), path
