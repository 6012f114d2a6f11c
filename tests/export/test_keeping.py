"""The folder of an export: only what changed is touched, and what stood stays whole until all of the new is."""

import fcntl
import os
import shutil
from pathlib import Path

import pytest
from time_machine import travel

from portal.export.keeping import opened
from tests.export.conftest import Exported
from tests.makers import Office


def changed(before: dict[str, tuple[int, int, bytes]], after: dict[str, tuple[int, int, bytes]]) -> set[str]:
    """Return the files of the site that were written, made or removed, but for twins."""
    touched = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return {name.removeprefix("site/") for name in touched if not name.endswith((".br", ".gz"))}


def test_twice_changes_nothing(exported: Exported) -> None:
    before = exported.files()
    assert "Nothing changed." in exported.again()
    assert exported.files() == before


def test_a_publication_touches_what_tells_of_it_and_nothing_else(exported: Exported) -> None:
    before = exported.files()
    exported.office.publishes_notice(key="new-hours", title_fr="Nouvel horaire", title_en="New hours", body_fr="Bref.")
    exported.again()
    touched = changed(before, exported.files())
    assert {"fr/index.html", "fr/avis/index.html", "fr/avis/fil.rss", "en/notices/feed.json", "sitemap.xml"} <= touched
    assert "fr/avis/3/nouvel-horaire.html" in touched
    untouched = (
        "fr/dates/",
        "en/dates/",
        "fr/contact/",
        "fr/integrer/",
        "static/",
        "fr/avis/clientele/developers/fil.",
    )
    assert not [name for name in touched if name.startswith(untouched)]
    worker = exported.office.another_worker()
    for address, said in exported.addresses.items():
        if "file" in said:
            with worker.get(address) as answer:
                assert (exported.site / said["file"]).read_bytes() == answer.data, address


def test_a_withdrawn_notice_is_said_to_be_gone_and_stands_nowhere(exported: Exported) -> None:
    exported.office.did("notices", "withdraw", "closing-days", "--reason", "An error")
    exported.again()
    said = exported.addresses["/fr/avis/1/jours-de-fermeture"]
    assert said["status"] == 410
    assert "Avis retiré" in exported.content("/fr/avis/1/jours-de-fermeture").decode()
    leaking = [
        name
        for name, (_, _, content) in exported.files().items()
        if "Nous sommes fermés le 24 juin".encode() in content
    ]
    assert leaking == []
    assert "/fr/avis/1/jours-de-fermeture" not in exported.site.joinpath("sitemap.xml").read_text()
    before = exported.files()
    assert "Nothing changed." in exported.again()
    assert exported.files() == before


def test_what_the_site_has_no_longer_is_removed_with_its_twins(exported: Exported) -> None:
    stale = exported.site / "fr" / "vieux" / "index.html"
    stale.parent.mkdir()
    listed = exported.folder / "export.json"
    for name in ("index.html", "index.html.br"):
        (stale.parent / name).write_text("old")
        listed.write_text(listed.read_text().replace('"files": {', f'"files": {{"site/fr/vieux/{name}": "0",'))
    (exported.site / "google.html").write_text("put there by hand")
    assert "2 files changed" in exported.again()
    assert not stale.parent.exists()
    assert (exported.site / "google.html").read_text() == "put there by hand"


def test_what_was_touched_by_hand_is_mended(exported: Exported) -> None:
    before = exported.files()
    (exported.site / "fr/index.html").write_text("spoilt")
    (exported.site / "fr/dates/index.html.br").write_bytes(b"spoilt")
    (exported.site / "en/index.html.gz").unlink()
    exported.again()
    contents = {name: content for name, (_, _, content) in exported.files().items()}
    assert contents == {name: content for name, (_, _, content) in before.items()}
    for name in ("fr/dates/index.html", "en/index.html"):
        twins = [exported.site / f"{name}{ending}" for ending in ("", ".br", ".gz")]
        assert len({path.stat().st_mtime_ns for path in twins}) == 1


def test_a_site_that_does_not_answer_leaves_the_former_export_as_it_is(exported: Exported) -> None:
    before = exported.files()
    (exported.office.data / "portal.db").unlink()
    for copy in exported.office.data.glob("pages/*/*"):
        copy.unlink()
    result = exported.office.portal("export", exported.folder)
    assert result.exit_code == 1
    assert "nothing was exported" in result.output
    assert "/sitemap.xml answers 5" in result.output
    assert exported.files() == before


def test_old_copies_are_no_export(exported: Exported) -> None:
    before = exported.files()
    (exported.office.data / "portal.db").write_bytes(b"no database")
    with travel("2026-02-16T10:02:00-05:00"):
        result = exported.office.portal("export", exported.folder)
    assert result.exit_code == 1
    assert "answers an old copy: the database is silent" in result.output
    assert exported.files() == before


def test_moves_that_were_cut_short_are_made_good_by_the_next_export(
    exported: Exported, monkeypatch: pytest.MonkeyPatch
) -> None:
    exported.office.publishes_notice(key="new-hours", title_fr="Nouvel horaire", title_en="New hours")
    moves: list[Path] = []
    replace = os.replace

    def breaks_down(source: Path, place: Path) -> None:
        moves.extend([place] if Path(place).is_relative_to(exported.folder) else [])
        if len(moves) == 12:
            raise OSError(28, "No space left on device", str(place))
        replace(source, place)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", breaks_down)
        assert exported.office.portal("export", exported.folder).exit_code == 1
    assert len(moves) == 12
    exported.again()
    fresh = Exported(exported.office, exported.folder.with_name("fresh"))
    fresh.again()
    assert {n: c for n, (_, _, c) in exported.files().items()} == {n: c for n, (_, _, c) in fresh.files().items()}


def refused(office: Office, folder: Path) -> str:
    result = office.portal("export", folder)
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    return result.output


def test_a_folder_of_something_else_is_refused(office: Office, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "holiday.png").write_bytes(b"sun")
    assert "is not empty and holds no export" in refused(office, tmp_path / "photos")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["holiday.png"]
    assert "is no folder" in refused(office, tmp_path / "photos" / "holiday.png")
    (tmp_path / "photos" / "export.json").write_text('{"format": 99}')
    assert "was not written by this release" in refused(office, tmp_path / "photos")


def test_a_file_that_no_export_wrote_is_not_written_over(made: Exported, tmp_path: Path) -> None:
    with travel("2026-02-16T10:01:00-05:00"):
        shutil.copytree(made.office.data, tmp_path / "data")
        (tmp_path / "out" / "site").mkdir(parents=True)
        (tmp_path / "out" / "export.json").write_text('{"format": 1, "addresses": [], "files": {}}')
        (tmp_path / "out" / "site" / "robots.txt").write_text("mine")
        assert "robots.txt was not written by an export" in refused(Office(tmp_path / "data"), tmp_path / "out")
    assert (tmp_path / "out" / "site" / "robots.txt").read_text() == "mine"


def test_two_exports_at_a_time_are_refused(office: Office, tmp_path: Path) -> None:
    with opened(tmp_path / "out"), (tmp_path / "out" / "lock").open() as lock:
        with pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        assert "another export is being written" in refused(office, tmp_path / "out")
