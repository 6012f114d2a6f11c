"""Taking an edition back from the command line: the table says again what it said, and nobody is told twice."""

import feedparser
import pytest

from tests.makers import ROWS, Office, feed_of
from tests.visitor import said, visit

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
FIRST = "row,received_on,next_update_on\nnew,2026-10-05,2026-11-19\nb2b,2026-10-02,\n"
SECOND = "row,received_on\nnew,2026-10-12\nb2b,2026-10-02\n"
FEEDS = ("/fr/dates/fil.rss", "/en/dates/feed.rss", "/fr/dates/new/fil.rss", "/en/dates/new/feed.rss")
CORRECTED = {
    "fr": "Cela corrige une édition publiée par erreur.",
    "en": "This corrects an edition that was published by mistake.",
}

WITHDRAWN = {
    "fr": "Cette édition a été publiée par erreur, puis annulée.",
    "en": "This edition was published by mistake, then withdrawn.",
}


@pytest.fixture
def table(office: Office) -> Office:
    """Two editions: in the second, `new` moved and `b2b` stood still."""
    office.did("dates", "rows", office.file(ROWS, "rows.csv"))
    office.publishes_dates(FIRST, as_of="2026-11-10")
    office.publishes_dates(SECOND, as_of="2026-11-17")
    return office


def undoes(office: Office, number: int | str, *more: str) -> str:
    return office.did("dates", "undo", str(number), "--reason", "Typed wrongly", *more)


def refused(office: Office, number: int | str, *more: str) -> str:
    """Take back what cannot be, without a trace, and return the one sentence that was said."""
    before = office.dump()
    result = office.portal("dates", "undo", str(number), "--reason", "Typed wrongly", *more)
    assert (result.exit_code, result.stdout) == (1, ""), result.output
    assert office.dump() == before, "a refusal leaves no trace"
    assert result.stderr.startswith("portal: ")
    assert result.stderr.count("\n") == 1
    return result.stderr.removeprefix("portal: ").strip()


def rows(office: Office) -> dict[str, dict]:
    answer = office.another_worker().get("/api/v1/dates")
    return {row["row"]: row for row in answer.get_json()["rows"]}


def items(office: Office, path: str) -> list[feedparser.FeedParserDict]:
    parsed = feedparser.parse(feed_of(office.another_worker().get(path)))
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed.entries


def test_an_edition_taken_back_gives_each_row_its_date_its_as_of_day_and_its_next_update(table: Office) -> None:
    def dates(row: dict) -> tuple[str, str, str]:
        return row["received_on"], row["as_of"], row["next_update_on"]

    assert {key: dates(row) for key, row in rows(table).items()} == {
        "new": ("2026-10-12", "2026-11-17", "2026-11-24"),
        "b2b": ("2026-10-02", "2026-11-17", "2026-11-24"),
    }
    assert undoes(table, 2) == (
        "  new: 2026-10-12 → 2026-10-05\n  b2b: 2026-10-02, unchanged\nEdition 2 was taken back.\n"
    )
    assert {key: dates(row) for key, row in rows(table).items()} == {
        "new": ("2026-10-05", "2026-11-10", "2026-11-19"),
        "b2b": ("2026-10-02", "2026-11-10", "2026-11-17"),
    }


def test_pages_show_the_date_restored_and_the_two_editions_each_other(table: Office) -> None:
    visit(table, "/fr/dates/new/")  # a copy is kept
    undoes(table, 2, "--why-fr", "Une erreur de saisie.", "--why-en", "A typing error.")
    worker = table.another_worker()
    assert "le 5 octobre 2026. En date du 10 novembre 2026." in visit(worker, "/fr/dates/new/").spoken
    mistake, correction = (visit(worker, f"/en/dates/editions/{number}/") for number in (2, 3))
    assert WITHDRAWN["en"] in mistake.spoken
    assert "Withdrawn" in [said(tag) for tag in mistake.all("main .p-tag")]
    assert mistake.all("main a[href='/en/dates/editions/3/']")
    assert "This edition corrects another one, which was published by mistake." in correction.spoken
    assert "See the edition that it corrects" in correction.spoken
    assert [said(cell) for cell in correction.one("main tbody").query("td")] == [
        "October 12, 2026",
        "October 5, 2026",
        "Date restored",
    ]
    french = visit(worker, "/fr/dates/editions/3/").spoken
    assert "Cette édition en corrige une autre, publiée par erreur." in french
    assert "Voir l’édition qu’elle corrige" in french
    assert "Date rétablie" in french
    mistaken = visit(worker, "/fr/dates/editions/2/").spoken
    assert WITHDRAWN["fr"] in mistaken
    assert "Annulée" in mistaken
    listed = [said(line) for line in visit(worker, "/en/dates/editions/").all("main tbody th")]
    assert ["Withdrawn" in line for line in listed] == [False, True, False]
    assert "A typing error." in correction.spoken
    assert correction.all("main a[href='/en/dates/editions/2/']")


def test_the_feeds_gain_one_item_for_each_row_that_moved_and_it_says_that_it_corrects(table: Office) -> None:
    before = {path: [item.id for item in items(table, path)] for path in FEEDS}
    undoes(table, 2, "--why-fr", "Une erreur de saisie.", "--why-en", "A typing error.")
    for path in FEEDS:
        found = items(table, path)
        assert [item.id for item in found[1:]] == before[path], "no item is taken away, renamed or moved"
        language = path[1:3]
        assert CORRECTED[language] in found[0].summary
        assert {"fr": "Une erreur de saisie.", "en": "A typing error."}[language] in found[0].summary
        assert CORRECTED[language] not in found[1].summary
        assert [WITHDRAWN[language] in item.summary for item in found] == [False, True, *(False for _ in found[2:])]
        restored = {"fr": "En date du 10 novembre 2026.", "en": "As of November 10, 2026."}[language]
        assert restored in found[0].summary.replace("\u00a0", " "), "the as-of day is restored with the date"
    assert len(items(table, "/en/dates/b2b/feed.rss")) == 1, "a row that stood still has nothing to correct"
    title = items(table, "/en/dates/new/feed.rss")[0].title.replace("\u00a0", " ")
    assert title == "Correction: New access: requests received October 5, 2026 (before: October 12, 2026)"
    title = items(table, "/fr/dates/new/fil.rss")[0].title.replace("\u00a0", " ")
    assert title.startswith("Correction : Nouvel accès : demandes reçues le 5 octobre 2026")


def test_the_history_says_the_as_of_day_restored(table: Office) -> None:
    undoes(table, 2)
    for row in ("new", "b2b"):
        document = table.another_worker().get(f"/api/v1/dates/{row}/history").get_json()
        assert {entry["edition"]: entry["as_of"] for entry in document["entries"]} == {
            1: "2026-11-10",
            2: "2026-11-17",
            3: "2026-11-10",
        }


@pytest.mark.parametrize(
    ("cells", "is_refused"),
    [(",,", False), ("new,,", True), (",,2026-11-17", True), (",,2026-11-18", False), ("new,,2026-11-18", False)],
)
def test_a_row_merged_or_ended_since_is_given_no_date_back(table: Office, cells: str, is_refused: bool) -> None:
    heading, new, b2b = ROWS.splitlines()
    rows = f"{heading},merged_into,first_day,last_day\n{new},,,\n{b2b},{cells}\n"
    table.portal("dates", "rows", table.file(rows))
    if not is_refused:
        assert undoes(table, 2).endswith("Edition 2 was taken back.\n")
        return
    sentence = "these rows are in the table no more: b2b; publish the others anew instead"
    assert refused(table, 2) == refused(table, 2, "--dry-run") == sentence


def test_no_guid_comes_twice_however_often_editions_are_taken_back(table: Office) -> None:
    undoes(table, 2)
    for number in (4, 6):
        table.publishes_dates(SECOND, as_of="2026-11-17")
        undoes(table, number)
    every = [item.id for path in FEEDS[2:] for item in items(table, path)]
    assert len(every) == len(set(every)) == 2 * 7


def test_two_editions_are_taken_back_the_newest_first(table: Office) -> None:
    table.publishes_dates("row,received_on\nnew,2026-10-13\n", as_of="2026-11-18")
    assert refused(table, 2) == "later editions speak of the same rows; undo the newest first: 3"
    undoes(table, 3)
    assert rows(table)["new"]["received_on"] == "2026-10-12"
    assert undoes(table, 2).endswith("Edition 2 was taken back.\n"), "what was taken back stands no more in the way"
    assert rows(table)["new"]["received_on"] == "2026-10-05"


def test_the_audit_says_who_took_back_what_and_why(table: Office) -> None:
    undoes(table, 2)
    line = table.did("audit").splitlines()[0]
    assert line.startswith("2026-11-18 10:00:00  command line: ")
    for word in ("dates.undo", "Typed wrongly", '"undoes": 2', '"new": ["2026-10-12", "2026-10-05"]'):
        assert word in line


def test_a_trial_says_what_would_be_taken_back_and_takes_nothing_back(table: Office) -> None:
    before = table.dump()
    assert undoes(table, 2, "--dry-run") == (
        "  new: 2026-10-12 → 2026-10-05\n  b2b: 2026-10-02, unchanged\nNothing was published: this was a trial.\n"
    )
    assert table.dump() == before


@pytest.mark.parametrize("number", [3, 99, 2**31, 10**30])
def test_an_edition_that_does_not_exist_is_refused(table: Office, number: int) -> None:
    assert refused(table, number) == f"there is no edition {number}; the last one is 2"


def test_in_an_empty_table_there_is_no_edition_to_take_back(office: Office) -> None:
    assert refused(office, 1) == "there is no edition 1; nothing has been published yet"


def test_what_was_taken_back_and_what_takes_back_are_refused(table: Office) -> None:
    undoes(table, 2)
    assert refused(table, 2) == "edition 2 was taken back already, by edition 3"
    assert refused(table, 3) == "edition 3 takes edition 2 back; publish its dates anew instead"


def test_a_row_that_had_no_date_before_cannot_be_given_none_back(office: Office) -> None:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nnew,2026-10-05\n", as_of="2026-11-10")
    assert refused(office, 1) == "these rows had no date before; publish the right one instead: new"
    office.publishes_dates(SECOND, as_of="2026-11-17")
    assert refused(office, 2) == "these rows had no date before; publish the right one instead: b2b"
    assert refused(office, 2, "--dry-run").startswith("these rows had no date before")


@pytest.mark.parametrize("number", ["0", "-1", "two", "1.5", ""])
def test_what_is_no_number_of_an_edition_is_refused_in_words(table: Office, number: str) -> None:
    before = table.dump()
    result = table.portal("dates", "undo", "--reason", "x", "--", number)
    assert (result.exit_code, table.dump()) == (2, before)


@pytest.mark.parametrize("reason", ["", "  "])
def test_taking_an_edition_back_needs_a_reason(table: Office, reason: str) -> None:
    before = table.dump()
    result = table.portal("dates", "undo", "2", "--reason", reason)
    assert (result.exit_code, table.dump()) == (2, before)
    assert "say why" in result.output


def test_a_date_taken_back_is_no_date_that_was_ever_reached(table: Office) -> None:
    table.publishes_dates("row,received_on\nnew,2026-11-16\n", as_of="2026-11-17")
    undoes(table, 3)
    page = visit(table, "/en/dates/check?type=new&date=2026-11-13")
    assert "No, not yet" in page.spoken
    assert "we had reached your date" not in page.spoken


def test_a_date_that_went_back_says_when_it_had_been_reached(table: Office) -> None:
    table.publishes_dates("row,received_on\nnew,2026-09-28\n", as_of="2026-11-18", confirm=True)
    for language, path, words in (
        ("fr", "verifier", "En date du 17 novembre 2026, nous avions atteint votre date"),
        ("en", "check", "As of November 17, 2026, we had reached your date"),
    ):
        assert words in visit(table, f"/{language}/dates/{path}?type=new&date=2026-10-09").spoken
