"""Two real readers live with the running site: nothing is new twice and nothing is lost, whatever happens to it.

What each of them saw at each step is written in build/readers.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.feeds.strict import Entry
from tests.makers import an_office
from tests.readers.scene import AUDIENCES, Scene, feed
from tests.readers.subscribers import Newsboat, Package, Seen, Subscriber
from tests.readers.tls import make_certificate

LOGS = Path(__file__).parents[2] / "build/readers"
#: newsboat 2.21 reads no JSON Feed.
READERS = ("reader-rss", "reader-atom", "reader-json", "newsboat-rss", "newsboat-atom")

HOURS, FORM, DATA, DAY = "Heures d’été", "Nouveau formulaire", "Données en JSON", "Journée d’accueil"
OUTAGE, CORRECTED = "Panne de jeudis", "Panne de jeudi"
OUTAGE_CHANGED, DAY_CHANGED = "Modification\u00a0: Panne de vendredi", "Modification\u00a0: Journée d’accueil"


@dataclass(frozen=True, slots=True)
class Step:
    """What happens; the titles that the two feeds tell after it; those of them that are new to their readers."""

    name: str
    do: Callable[[Scene], None]
    professionals: Collection[str]
    developers: Collection[str]
    new: Collection[str] = ()


def before(scene: Scene) -> None:
    """Publish what stands there before anyone subscribes."""
    scene.start()
    scene.publish("hours", HOURS, "Nous ouvrons à 8 h 30.")
    scene.publish("form", FORM, "Le formulaire 4058 est nouveau.", "professionals")


STEPS = [
    Step("subscribe to two audiences", before, [HOURS, FORM], [HOURS], new=[HOURS, FORM]),
    Step(
        "a notice for both audiences",
        lambda scene: scene.publish("outage", OUTAGE, "Le service sera arrêté jeudi."),
        [HOURS, FORM, OUTAGE],
        [HOURS, OUTAGE],
        new=[OUTAGE],
    ),
    Step(
        "a minor correction of it",
        lambda scene: scene.publish("outage", CORRECTED, "Le service sera arrêté jeudi matin."),
        [HOURS, FORM, CORRECTED],
        [HOURS, CORRECTED],
    ),
    Step(
        "a major change of it",
        lambda scene: scene.change("outage", "Panne de vendredi", "Le service sera arrêté vendredi.", "Un autre jour."),
        [HOURS, FORM, CORRECTED, OUTAGE_CHANGED],
        [HOURS, CORRECTED, OUTAGE_CHANGED],
        new=[OUTAGE_CHANGED],
    ),
    Step(
        "a notice for developers alone",
        lambda scene: scene.publish("data", DATA, "Lisez `/api/v1/`.", "developers"),
        [HOURS, FORM, CORRECTED, OUTAGE_CHANGED],
        [HOURS, CORRECTED, OUTAGE_CHANGED, DATA],
        new=[DATA],
    ),
    Step("the changed notice withdrawn", lambda scene: scene.withdraw("outage"), [HOURS, FORM], [HOURS, DATA]),
    Step("a restart", Scene.start, [HOURS, FORM], [HOURS, DATA]),
    Step("another host, and https", Scene.move, [HOURS, FORM], [HOURS, DATA]),
    Step(
        "a notice after the move",
        lambda scene: scene.publish("day", DAY, "Venez nous voir."),
        [HOURS, FORM, DAY],
        [HOURS, DATA, DAY],
        new=[DAY],
    ),
    Step(
        "a major change after the move",
        lambda scene: scene.change("day", DAY, "Venez nous voir à 10 h.", "L’heure est connue."),
        [HOURS, FORM, DAY, DAY_CHANGED],
        [HOURS, DATA, DAY, DAY_CHANGED],
        new=[DAY_CHANGED],
    ),
]


@dataclass(frozen=True, slots=True)
class After:
    """What there was after a step: in the feeds of each audience, and in each reader."""

    step: Step
    address: str
    told: Mapping[str, Sequence[Entry]]
    unread: Mapping[str, Sequence[Seen]]
    kept: Mapping[str, Sequence[Seen]]

    @property
    def entries(self) -> dict[str, Entry]:
        """What both feeds tell, by guid."""
        return {entry.guid: entry for entries in self.told.values() for entry in entries}


def _subscriber(name: str, folder: Path) -> Subscriber:
    folder.mkdir()
    return Package(folder) if name.startswith("reader") else Newsboat(folder)


def _after(step: Step, scene: Scene, readers: Mapping[str, Subscriber]) -> After:
    old = getattr(scene, "address", None)
    step.do(scene)
    titles = {"professionals": step.professionals, "developers": step.developers}
    told = {audience: scene.soon_tells(audience, titles[audience]) for audience in AUDIENCES}
    unread, kept = {}, {}
    for name, reader in readers.items():
        if old is None:
            reader.subscribe([f"{scene.address}{feed(audience, name.partition('-')[2])}" for audience in AUDIENCES])
        elif old != scene.address:
            reader.move(old, scene.address)
        reader.reload()
        unread[name], kept[name] = reader.unread(), reader.kept()
        reader.read_all()
    return After(step, scene.address, told, unread, kept)


def _write_log(name: str, found: Sequence[After]) -> None:
    LOGS.mkdir(parents=True, exist_ok=True)
    lines = [f"What {name} saw, which follows two audiences.", ""]
    for number, after in enumerate(found, start=1):
        new = sorted({seen.title for seen in after.unread[name]})
        lines += [
            f"{number}. {after.step.name}",
            f"   new:   {'; '.join(new) or 'nothing'}",
            *(f"   feed:  {audience}: {'; '.join(e.title for e in told)}" for audience, told in after.told.items()),
            f"   kept:  {len({seen.guid for seen in after.kept[name]})} items, at {after.address}",
        ]
    (LOGS / f"{name}.txt").write_text("\n".join(lines) + "\n", "utf-8")


def _told_once(lived: Sequence[After], name: str) -> None:
    ever: set[str] = set()
    for after in lived:
        new = {seen.guid: seen.title for seen in after.unread[name]}
        assert sorted(new.values()) == sorted(after.step.new), (name, after.step.name)
        assert not ever & set(new), (name, after.step.name)
        ever |= set(new)


def _none_twice_and_none_lost(lived: Sequence[After], name: str) -> None:
    for after in lived:
        places = [(seen.guid, seen.feed) for seen in after.kept[name]]
        assert len(set(places)) == len(places), (name, after.step.name)
        assert {guid for guid, _ in places} >= set(after.entries), (name, after.step.name)
        assert {feed.partition("/fr/")[0] for _, feed in places} == {after.address}, (name, after.step.name)


def _words_and_address_of_now(lived: Sequence[After], name: str) -> None:
    for after in lived:
        for seen in after.kept[name]:
            if seen.guid in after.entries:
                entry = after.entries[seen.guid]
                assert (seen.title, seen.link) == (entry.title, entry.link), (name, after.step.name)
                assert seen.link.startswith(f"{after.address}/fr/avis/"), (name, after.step.name)


def _each_feed_keeps_all_it_ever_told(lived: Sequence[After], name: str) -> None:
    """So it is in a reader that keeps feeds apart."""
    ever: dict[str, set[str]] = {audience: set() for audience in AUDIENCES}
    for after in lived:
        for audience, told in after.told.items():
            ever[audience] |= {entry.guid for entry in told}
            kept = {seen.guid for seen in after.kept[name] if f"/{audience}/" in seen.feed}
            assert kept == ever[audience], (name, after.step.name)


def _one_of_two_feeds_stands_once(lived: Sequence[After], name: str) -> None:
    """So it is in a reader that knows items by their guid alone."""
    for after in lived:
        guids = [seen.guid for seen in after.kept[name]]
        assert len(set(guids)) == len(guids), (name, after.step.name)


#: What holds for each program, whatever the format.
LAWS = {
    "reader": (_told_once, _none_twice_and_none_lost, _words_and_address_of_now, _each_feed_keeps_all_it_ever_told),
    "newsboat": (_told_once, _none_twice_and_none_lost, _words_and_address_of_now, _one_of_two_feeds_stands_once),
}


def test_nothing_is_new_twice_and_nothing_is_lost_whatever_happens(
    tmp_path: Path, initialised: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(an_office(tmp_path / "data", like=initialised), make_certificate(tmp_path))
    # Both trust the new certificate as they would an authority: newsboat is told by a variable, requests by none that
    # `reader` obeys.
    monkeypatch.setenv("CURL_CA_BUNDLE", str(scene.certificate))
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(scene.certificate))
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    readers = {name: _subscriber(name, tmp_path / name) for name in READERS}
    lived: list[After] = []
    try:
        for step in STEPS:
            lived.append(_after(step, scene, readers))
    finally:
        scene.stop()
        for name, reader in readers.items():
            _write_log(name, lived)
            reader.close()
    for name in READERS:
        for law in LAWS[name.partition("-")[0]]:
            law(lived, name)
    _correction_moves_its_hour_alone(*lived[1:3])
    _change_leads_to_the_same_notice(lived[3])
    assert lived[5].told == lived[6].told  # before and after the restart, to the character
    assert set(lived[6].entries) == set(lived[7].entries)  # before and after the move


def _correction_moves_its_hour_alone(first: After, corrected: After) -> None:
    (guid,) = (guid for guid, entry in first.entries.items() if entry.title == OUTAGE)
    old, new = dict(first.entries), dict(corrected.entries)
    one, other = old.pop(guid), new.pop(guid)
    assert other.updated > one.updated
    assert other.published == one.published
    assert old == new


def _change_leads_to_the_same_notice(changed: After) -> None:
    links = {entry.title: entry.link for entry in changed.entries.values()}
    assert links[OUTAGE_CHANGED] == links[CORRECTED]
