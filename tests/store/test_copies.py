"""The copies of finished pages on disk: the last good one, or a miss, never a failure."""

import json
import logging
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from portal.store.copies import FLOORS, KEPT_SECONDS, Copies, Page, Statement, forget

PAGE = Page(
    Statement({"dates": 3, "site": 7}, ("type", "date"), False, 60, 1_800_000_000.5, 1_700_000_000.0, "<p>Vieux</p>"),
    (("Content-Type", "text/html; charset=utf-8"), ("Content-Language", "fr")),
    "a-strong-tag",
    1_790_000_000.25,
    {"": b"the page\nin two lines", "br": b"\x00\x01\n", "gzip": b"\x1f\x8b"},
)
ADDRESS = "/fr/dates/"


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    copies = Copies(tmp_path, "release")
    copies.prepare()
    return copies


def kept_file(tmp_path: Path) -> Path:
    (file,) = (tmp_path / "pages" / "release").iterdir()
    return file


def test_a_copy_comes_back_as_it_was_kept(copies: Copies) -> None:
    copies.save(ADDRESS, PAGE)
    assert copies.load(ADDRESS) == PAGE


def test_a_copy_is_found_under_its_own_address_only(copies: Copies) -> None:
    copies.save(ADDRESS, PAGE)
    assert copies.load("/en/dates/") is None
    assert copies.load("/fr/dates/\udcff") is None  # what a request line can hold


def test_a_page_is_current_until_its_instant_while_no_subject_moved() -> None:
    revisions, until = {"dates": 3, "site": 7, "notices": 9}, 1_800_000_000.5
    assert PAGE.is_current(revisions, until - 1)
    assert not PAGE.is_current(revisions, until)
    assert not PAGE.is_current({**revisions, "dates": 4}, until - 1)
    assert not PAGE.is_current({"site": 7}, until - 1)
    assert PAGE.size == sum(map(len, PAGE.bodies.values()))


@pytest.mark.parametrize(
    ("floors", "is_outdated"),
    [
        ({}, False),
        ({"notices": 9}, False),
        ({"dates": 3}, False),
        ({"dates": 4}, True),
        ({"dates": 3, "site": 8}, True),
    ],
)
def test_a_page_is_outdated_once_a_floor_is_above_what_it_was_made_of(
    floors: dict[str, int], is_outdated: bool
) -> None:
    assert PAGE.is_outdated(floors) == is_outdated


def page_of(notices: int) -> Page:
    return replace(PAGE, statement=replace(PAGE.statement, revisions={"notices": notices, "site": 1}))


def test_what_is_withdrawn_is_thrown_away_in_every_release(copies: Copies, tmp_path: Path) -> None:
    older = Copies(tmp_path, "older")
    older.prepare()
    for kept in (copies, older):
        kept.save("/before", page_of(4))
        kept.save("/after", page_of(5))
        kept.save("/elsewhere", PAGE)
    copies.forget({"notices": 5})
    for kept in (copies, older):
        assert kept.load("/before") is None
        assert kept.load("/after") == page_of(5)
        assert kept.load("/elsewhere") == PAGE
    forget(tmp_path, {"dates": 4})
    assert [kept.load("/elsewhere") for kept in (copies, older)] == [None, None]
    assert copies.load("/after") == page_of(5)


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"{}\n", b"[]\n", b'{"statement": 3}\n', b'{"statement": {}}\n'])
def test_a_file_that_is_no_copy_stops_nothing_from_being_thrown_away(
    copies: Copies, tmp_path: Path, content: bytes
) -> None:
    folder = tmp_path / "pages" / "release"
    (folder / "a-folder").mkdir()
    for name in ("0", "g"):  # some before the copy, some after
        (folder / name).write_bytes(content)
    copies.save(ADDRESS, page_of(4))
    copies.forget({"notices": 5})
    assert copies.load(ADDRESS) is None
    assert (folder / "0").read_bytes() == content


def refusing(tmp_path: Path) -> Copies:
    """The copies as a process reads them that begins now."""
    copies = Copies(tmp_path, "release")
    copies.prepare()
    return copies


def test_what_is_withdrawn_is_refused_before_it_is_thrown_away(copies: Copies, tmp_path: Path) -> None:
    copies.save("/before", page_of(4))
    copies.save("/after", page_of(5))
    copies.refuse({"notices": 5})
    for kept in (copies, refusing(tmp_path)):
        assert kept.load("/before") is None
        assert kept.load("/after") == page_of(5)
    assert len(list((tmp_path / "pages" / "release").iterdir())) == 2, "none is opened, and none is thrown away"


def test_the_command_says_what_to_refuse_too(copies: Copies, tmp_path: Path) -> None:
    copies.save("/before", page_of(4))
    (file,) = (tmp_path / "pages" / "release").iterdir()
    content = file.read_bytes()
    forget(tmp_path, {"notices": 5})
    file.write_bytes(content)  # as a worker does that has not heard of it yet
    assert refusing(tmp_path).load("/before") is None


def test_what_was_refused_stays_so_whoever_knows_less(copies: Copies, tmp_path: Path) -> None:
    copies.save("/before", page_of(4))
    late = refusing(tmp_path)
    copies.refuse({"notices": 5, "site": 1})
    late.refuse({"notices": 3, "dates": 2})
    for kept in (late, refusing(tmp_path)):
        assert kept.load("/before") is None
    assert json.loads((tmp_path / "pages" / FLOORS).read_text()) == {"notices": 5, "site": 1, "dates": 2}


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"[]", b"null", b'{"notices": "x"}', b'{"notices": null}'])
def test_a_folder_may_say_nothing_of_what_is_refused(copies: Copies, tmp_path: Path, content: bytes | None) -> None:
    copies.save("/before", page_of(4))
    if content is not None:
        (tmp_path / "pages" / FLOORS).write_bytes(content)
    later = refusing(tmp_path)
    assert later.load("/before") == page_of(4)
    later.refuse({"notices": 5})
    assert refusing(tmp_path).load("/before") is None


def test_there_may_be_no_copy_to_throw_away(tmp_path: Path) -> None:
    forget(tmp_path / "nowhere", {"notices": 5})
    assert not list(tmp_path.iterdir())


def test_a_copy_is_replaced_whole(copies: Copies, tmp_path: Path) -> None:
    copies.save(ADDRESS, PAGE)
    with kept_file(tmp_path).open("rb") as reader:  # a worker that reads while another one writes
        before = reader.read(10)
        copies.save(ADDRESS, Page(PAGE.statement, PAGE.headers, "another-tag", 0, {"": b"short"}))
        whole = before + reader.read()
    assert whole.endswith(b"".join(PAGE.bodies.values()))
    kept = copies.load(ADDRESS)
    assert kept
    assert kept.bodies == {"": b"short"}
    assert kept_file(tmp_path).is_file()  # and nothing half made beside it


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"{}\n",
        b"[]\nbody",
        b"null\n",
        b'{"lengths": [["", 3]], "statement": {}, "headers": [], "tag": "t", "made_at": 0}\nabc',
        b'{"lengths": [["", 3]], "statement": {"arguments": [], "unknown": 1}, "headers": []}\nabc',
        b'{"lengths": 3, "statement": {"arguments": []}, "headers": []}\nabc',
    ],
)
def test_a_corrupt_copy_is_a_miss(copies: Copies, tmp_path: Path, content: bytes) -> None:
    copies.save(ADDRESS, PAGE)
    kept_file(tmp_path).write_bytes(content)
    assert copies.load(ADDRESS) is None


def test_a_copy_cut_anywhere_is_a_miss(copies: Copies, tmp_path: Path) -> None:
    copies.save(ADDRESS, PAGE)
    file = kept_file(tmp_path)
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        assert copies.load(ADDRESS) is None, f"cut after {length} bytes"
    file.write_bytes(whole + b"more")
    assert copies.load(ADDRESS) is None


def test_a_folder_that_cannot_be_written_is_a_miss_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "pages").write_text("a file where the folder should be: root may write anywhere else")
    copies = Copies(tmp_path, "release")
    with caplog.at_level(logging.WARNING):
        copies.prepare()
        copies.save(ADDRESS, PAGE)
        copies.drop(ADDRESS)
    copies.refuse({"dates": 1})
    assert copies.load(ADDRESS) is None
    assert [record.levelname for record in caplog.records] == ["WARNING"] * 3
    assert "no copies of pages are kept" in caplog.text
    assert "a copy was not kept" in caplog.text


def test_a_copy_that_was_dropped_does_not_come_back(copies: Copies) -> None:
    copies.save(ADDRESS, PAGE)
    copies.save("/en/dates/", PAGE)
    copies.drop(ADDRESS)
    copies.drop(ADDRESS)
    assert copies.load(ADDRESS) is None
    assert copies.load("/en/dates/") == PAGE


def test_the_copies_of_another_release_are_not_this_ones(copies: Copies, tmp_path: Path) -> None:
    copies.save(ADDRESS, PAGE)
    other = Copies(tmp_path, "another")
    other.prepare()
    assert other.load(ADDRESS) is None


def test_what_is_refused_outlives_old_releases(copies: Copies, tmp_path: Path) -> None:
    copies.refuse({"notices": 5})
    os.utime(tmp_path / "pages" / FLOORS, (0, 0))
    refusing(tmp_path)
    assert (tmp_path / "pages" / FLOORS).is_file()


def test_what_cannot_be_written_down_is_refused_all_the_same(
    copies: Copies, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copies.save("/before", page_of(4))
    (tmp_path / "pages" / FLOORS).mkdir()
    with caplog.at_level(logging.WARNING):
        copies.refuse({"notices": 5})
    assert copies.load("/before") is None
    assert "what was withdrawn was not written down" in caplog.text


def test_the_copies_of_old_releases_are_thrown_away(tmp_path: Path) -> None:
    ages = {"yesterday": 86_400, "long-ago": KEPT_SECONDS + 60, "release": KEPT_SECONDS + 60}
    for name in ages:
        old = Copies(tmp_path, name)
        old.prepare()
        old.save(ADDRESS, PAGE)
    for name, age in ages.items():
        os.utime(tmp_path / "pages" / name, (0, time.time() - age))
    Copies(tmp_path, "release").prepare()
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {"yesterday", "release"}
    assert Copies(tmp_path, "release").load(ADDRESS) == PAGE  # however old: it is this release's


def test_a_copy_is_one_line_of_json_and_the_bytes(copies: Copies, tmp_path: Path) -> None:
    copies.save(ADDRESS, PAGE)
    heading, _, rest = kept_file(tmp_path).read_bytes().partition(b"\n")
    assert json.loads(heading)["tag"] == PAGE.tag
    assert rest == b"".join(PAGE.bodies.values())
