"""Publishing the table from the command line: whole or not at all, and each change once in the feeds."""

import re

import feedparser
import pytest
import time_machine
from click.testing import Result

from tests.makers import ROWS, Office, feed_of
from tests.visitor import said as text_of, visit

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
HEADING = "row,received_on\n"
BOTH = HEADING + "new,2026-10-05\nb2b,2026-10-02\n"


@pytest.fixture
def table(office: Office) -> Office:
    """Two rows, of which nothing is published."""
    office.did("dates", "rows", office.file(ROWS, "rows.csv"))
    return office


def publishes(office: Office, content: str | bytes, *more: str, as_of: str = "2026-11-17") -> Result:
    return office.portal("dates", "publish", office.file(content), "--as-of", as_of, "--reason", "Weekly", *more)


def refused(office: Office, content: str | bytes, *more: str, as_of: str = "2026-11-17") -> str:
    """Publish what must be refused, without a trace, and return what was said."""
    before = office.dump()
    result = publishes(office, content, *more, as_of=as_of)
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output
    assert office.dump() == before, "a refused file leaves no trace"
    return result.output


def feed(office: Office, path: str) -> list[feedparser.FeedParserDict]:
    """The items of a feed as a process that knows nothing serves it."""
    answer = office.another_worker().get(path)
    assert answer.status_code == 200
    parsed = feedparser.parse(feed_of(answer))
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed.entries


def test_rows_are_defined_and_then_stand_on_the_table_in_both_languages(table: Office) -> None:
    assert "Nouvel accès" in visit(table, "/fr/dates/").words
    assert "New access" in visit(table, "/en/dates/").words
    assert "Pas encore publiée" in visit(table, "/fr/dates/").words


def test_defining_the_same_rows_twice_changes_nothing(table: Office) -> None:
    before = table.dump()
    assert table.did("dates", "rows", table.file(ROWS)) == "Nothing changed.\n"
    assert table.dump() == before


def test_defining_rows_says_which_were_new_or_changed(table: Office) -> None:
    changed = ROWS.replace("B2B access", "Access to B2B")
    assert table.did("dates", "rows", table.file(changed)) == "Defined: b2b.\n"
    assert "Access to B2B" in visit(table, "/en/dates/").words


def test_every_fault_of_the_rows_is_told_with_its_line_and_nothing_is_kept(office: Office) -> None:
    before = office.dump()
    faulty = ROWS + "New!,online,Services,Services,,X,40,many,3,10\nnew,online,S,S,A,B,4058,7,3,10\n"
    result = office.portal("dates", "rows", office.file(faulty))
    assert result.exit_code == 1
    for sentence in (
        "line 4: row: a key has 2 to 40",
        "line 4: label_fr: it is empty",
        "line 4: forms: “40” is not a form number",
        "line 4: update_every_days: write 1 to 366 days",
        "line 5: the row “new” is defined twice",
        "line 5: form 4058 is already covered by “b2b”",
    ):
        assert sentence in result.output
    assert office.dump() == before


def test_a_form_that_a_row_outside_the_file_covers_is_refused_in_words(table: Office) -> None:
    before = table.dump()
    heading = ROWS.splitlines()[0]
    result = table.portal("dates", "rows", table.file(f"{heading}\nmore,online,S,S,A,B,4058,7,3,10\n"))
    assert result.exit_code == 1
    assert "form 4058 is already covered by “b2b”" in result.output
    assert table.dump() == before


def test_publishing_says_old_and_new_and_the_pages_show_it(table: Office) -> None:
    first = table.publishes_dates(BOTH, as_of="2026-11-10")
    assert "new: – → 2026-10-05" in first
    second = table.publishes_dates(HEADING + "new,2026-10-12\nb2b,2026-10-02\n", as_of="2026-11-17")
    assert "new: 2026-10-05 → 2026-10-12" in second
    assert "b2b: 2026-10-02, unchanged" in second
    assert second.endswith("Published as of 2026-11-17.\n")
    assert "le 12 octobre 2026. En date du 17 novembre 2026." in visit(table, "/fr/dates/new/").spoken
    assert "on October 12, 2026. As of November 17, 2026." in visit(table, "/en/dates/new/").spoken


def test_the_audit_says_who_published_what_and_why(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-10", reason="Table of the tenth")
    line = table.did("audit").splitlines()[0]
    assert line.startswith("2026-11-18 10:00:00  command line: ")
    for word in ("dates.publish", "Table of the tenth", "2026-11-10", '"new": ["", "2026-10-05"]'):
        assert word in line


def test_the_same_file_twice_is_harmless(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-17")
    before = table.dump()
    assert table.publishes_dates(BOTH, as_of="2026-11-17") == "Nothing changed: this was published already.\n"
    assert table.dump() == before


def test_a_next_update_that_alone_changes_is_published_without_an_item(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-17")
    later = "row,received_on,next_update_on\nnew,2026-10-05,2026-12-01\n"
    assert "Published as of 2026-11-17." in table.publishes_dates(later, as_of="2026-11-17")
    assert "Next update: December 1, 2026." in visit(table, "/en/dates/new/").spoken
    assert len(feed(table, "/en/dates/new/feed.rss")) == 1


def test_a_change_makes_the_kept_page_new(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-10")
    before = table.get("/fr/dates/")
    table.publishes_dates(HEADING + "new,2026-10-12\n", as_of="2026-11-17")
    fresh = table.another_worker().get("/fr/dates/", If_None_Match=before.headers["ETag"])
    assert fresh.status_code == 200
    assert "12\u00a0octobre 2026" in fresh.text


def test_every_fault_of_a_file_is_told_at_once_with_its_line(table: Office) -> None:
    faulty = (
        "row,received_on,meaning,next_update_on\n"
        "new,2021-02-30,,\n"
        "unknown,2026-10-01,,\n"
        "b2b,2026-11-18,,2026-11-01\n"
        "b2b,2026-10-01,suspended,\n"
        "new,,perhaps,\n"
        "b2b,1989-01-01,,,,\n"
    )
    said = refused(table, faulty)
    for sentence in (
        "line 2: received_on: “2021-02-30” is not a date",
        "line 6: the meaning is one of received_on",
        "line 7: there are 6 cells for 4 columns",
    ):
        assert sentence in said
    readable = "row,received_on,meaning,next_update_on\n" + "".join(faulty.splitlines(keepends=True)[2:5]) + "new,,,\n"
    said = refused(table, readable)
    for sentence in (
        "line 2: the row “unknown” is unknown; the rows are new, b2b",
        "line 3: the received date 2026-11-18 is after the as-of day 2026-11-17",
        "line 3: the next update 2026-11-01 is not after the as-of day",
        "line 4: a row that is suspended has no received date",
        "line 4: the row “b2b” stands already on line 3",
        "line 5: the received date is missing",
    ):
        assert sentence in said
    assert said.startswith("Nothing was kept. Mend these lines and try again:\n")


BAD_FILES = {
    "an empty file": (b"", "the file is empty"),
    "only blanks": (b" \n\n", "the file is empty"),
    "only a heading": (HEADING.encode(), "there is no line under the heading"),
    "Latin-1": (f"{HEADING}accès,2026-10-05\n".encode("latin-1"), "line 2: the file is not in UTF-8"),
    "columns that stand twice": (b"row,received_on,row\nnew,2026-10-05,new\n", "the column “row” stands twice"),
    "unknown columns": (b"row,received_on,colour\nnew,2026-10-05,red\n", "the column “colour” is unknown"),
    "a missing column": (b"row\nnew\n", "line 1: the column “received_on” is missing"),
    "a control character": (f"{HEADING}new,2026-10-05\nb2b\x00,x\n".encode(), "line 3: there is a control character"),
    "an open quote": (f'{HEADING}"new,2026-10-05\n'.encode(), "cannot be read as CSV"),
    "a cell without end": (f"{HEADING}new,{'9' * 10_000}\n".encode(), "line 2: a cell is longer than 2000"),
    "figures of another script": (f"{HEADING}new,٢٠٢١-٠٧-٢٢\n".encode(), "line 2: received_on:"),
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_refused_in_words_and_leaves_no_trace(table: Office, name: str) -> None:
    content, sentence = BAD_FILES[name]
    assert sentence in refused(table, content)


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + BOTH.encode(), BOTH.replace(",", ";").encode(), BOTH.replace("\n", "\r\n").encode()],
    ids=["with a BOM", "with semicolons", "with the lines of Windows"],
)
def test_what_excel_writes_is_taken(table: Office, content: bytes) -> None:
    assert publishes(table, content).exit_code == 0
    assert "October 5, 2026" in visit(table, "/en/dates/new/").spoken


def test_a_folder_and_a_file_that_is_not_there_are_refused_in_words(table: Office) -> None:
    before = table.dump()
    for path, sentence in ((table.data, "is a directory"), (table.data / "nowhere.csv", "does not exist")):
        for command in (("dates", "rows", path), ("dates", "publish", path, "--as-of", "2026-11-17", "--reason", "x")):
            result = table.portal(*command)
            assert result.exit_code == 2
            assert sentence in result.output
    assert table.dump() == before


@pytest.mark.parametrize(
    ("as_of", "sentence", "code"),
    [
        ("2026-11-19", "the as-of day 2026-11-19 is in the future", 1),
        ("2021-02-30", "is not a date; write it YYYY-MM-DD", 2),
        ("hier", "is not a date; write it YYYY-MM-DD", 2),
        ("1989-12-31", "is before 1990", 2),
    ],
)
def test_a_wrong_as_of_day_is_refused(table: Office, as_of: str, sentence: str, code: int) -> None:
    before = table.dump()
    result = publishes(table, BOTH, as_of=as_of)
    assert (result.exit_code, table.dump()) == (code, before)
    assert sentence in result.output


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_publication_needs_a_reason(table: Office, reason: str) -> None:
    before = table.dump()
    result = table.portal("dates", "publish", table.file(BOTH), "--as-of", "2026-11-17", "--reason", reason)
    assert result.exit_code == 2
    assert "--reason" in result.output
    assert table.dump() == before


def test_a_date_that_goes_back_waits_for_the_word_confirm(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-10")
    back = HEADING + "new,2026-09-28\n"
    said = refused(table, back)
    assert "new: the date goes back, from 2026-10-05 to 2026-09-28" in said
    assert "--confirm" in said
    assert "new: 2026-10-05 → 2026-09-28" in table.publishes_dates(back, as_of="2026-11-17", confirm=True)


def test_an_as_of_day_that_goes_back_waits_for_the_word_confirm(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-17")
    said = refused(table, HEADING + "new,2026-10-12\n", as_of="2026-11-10")
    assert "the as-of day 2026-11-10 is before that of the last edition, 2026-11-17" in said


def test_confirm_forgives_no_fault(table: Office) -> None:
    assert "is unknown" in refused(table, HEADING + "unknown,2026-10-01\n", "--confirm")


def test_an_advance_beyond_the_limit_of_its_row_waits_for_the_word_confirm(table: Office) -> None:
    limited = ROWS.replace("grace_days\n", "grace_days,jump_days\n").replace("7,3,10\nb2b", "7,3,10,5\nb2b")
    table.did("dates", "rows", table.file(limited.replace("4123,7,3,10\n", "4123,7,3,10,\n")))
    table.publishes_dates(BOTH, as_of="2026-11-10")
    # From Monday 5 October; the 12th, Thanksgiving, is no working day: the fifth is the 13th.
    far = HEADING + "new,2026-10-14\nb2b,2026-10-14\n"
    said = refused(table, far)
    assert "new: the date advances by 6 working days, from 2026-10-05 to 2026-10-14; the limit of this row is 5" in said
    assert "b2b" not in said, "the other row has the usual limit"
    table.publishes_dates(HEADING + "new,2026-10-13\nb2b,2026-10-14\n", as_of="2026-11-17")
    assert "→ 2026-11-16" in table.publishes_dates(HEADING + "new,2026-11-16\n", as_of="2026-11-17", confirm=True)


def test_a_trial_says_what_would_be_published_and_publishes_nothing(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-10")
    before = table.dump()
    result = publishes(table, HEADING + "new,2026-10-12\nb2b,2026-10-02\n", "--dry-run")
    assert (result.exit_code, table.dump()) == (0, before)
    assert result.output == (
        "  new: 2026-10-05 → 2026-10-12\n  b2b: 2026-10-02, unchanged\nNothing was published: this was a trial.\n"
    )
    assert len(feed(table, "/en/dates/new/feed.rss")) == 1


def test_a_trial_of_what_was_published_already_says_so(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-17")
    assert publishes(table, BOTH, "--dry-run").output == "Nothing changed: this was published already.\n"


def test_a_trial_asks_and_refuses_like_the_real_thing(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-10")
    assert "the date goes back" in refused(table, HEADING + "new,2026-09-28\n", "--dry-run")
    assert "is unknown" in refused(table, HEADING + "unknown,2026-09-28\n", "--dry-run")


WHY = (
    "--why-fr",
    "Des demandes nous sont parvenues en retard : voyez l'avis.",
    "--why-en",
    "Requests reached us late.",
)


def test_the_public_is_told_why_a_date_went_back_in_both_languages(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-10")
    result = publishes(table, HEADING + "new,2026-09-28\nb2b,2026-10-05\n", "--confirm", *WHY)
    assert result.exit_code == 0, result.output
    french = "Des demandes nous sont parvenues en retard : voyez l’avis."
    assert f"Nouvel accès : {french}" in visit(table, "/fr/dates/editions/2/").spoken
    page = visit(table, "/en/dates/editions/2/")
    assert "New access: Requests reached us late." in [text_of(text) for text in page.all("main p")]
    assert french in feed(table, "/fr/dates/new/fil.rss")[0].summary.replace("\u00a0", " ")
    assert WHY[3] in feed(table, "/en/dates/new/feed.rss")[0].summary
    assert WHY[3] not in feed(table, "/en/dates/b2b/feed.rss")[0].summary, "this row moved as usual"


@pytest.mark.parametrize("why", [WHY[:2], WHY[2:], ("--why-fr", " ", *WHY[2:]), (*WHY[:2], "--why-en", "")])
def test_the_public_is_told_why_in_both_languages_or_not_at_all(table: Office, why: tuple[str, ...]) -> None:
    before = table.dump()
    for result in (publishes(table, BOTH, *why), table.portal("dates", "undo", "1", "--reason", "x", *why)):
        assert (result.exit_code, table.dump()) == (2, before)
        assert "give --why-fr and --why-en, or neither" in result.output


@pytest.mark.parametrize("symbol", ["\x1b", "\x00", "\ufffe", "\udcff"], ids=ascii)
@pytest.mark.parametrize("option", ["--why-fr", "--why-en", "--reason"])
def test_a_symbol_that_no_feed_can_hold_is_refused_in_a_reason(table: Office, option: str, symbol: str) -> None:
    before = table.dump()
    result = publishes(table, BOTH, *WHY, option, f"An{symbol}error")
    assert (result.exit_code, table.dump()) == (2, before)
    assert "there is a control character" in result.output


def test_a_row_that_was_merged_takes_no_more_dates(table: Office) -> None:
    merged = ROWS.replace("grace_days\n", "grace_days,merged_into\n").replace("4123,7,3,10\n", "4123,7,3,10,new\n")
    table.did("dates", "rows", table.file(merged))
    assert "the row “b2b” was merged into “new”" in refused(table, BOTH)


@pytest.mark.parametrize(("language", "file"), [("fr", "fil"), ("en", "feed")])
def test_the_feed_of_a_row_gains_one_item_per_change_and_none_without(
    table: Office, clock: time_machine.Traveller, language: str, file: str
) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-10")
    table.publishes_dates(HEADING + "new,2026-10-12\nb2b,2026-10-02\n", as_of="2026-11-17")
    table.publishes_dates(HEADING + "new,2026-10-12\nb2b,2026-10-02\n", as_of="2026-11-18")
    counts = {path: len(feed(table, f"/{language}/dates/{path}{file}.rss")) for path in ("new/", "b2b/", "")}
    assert counts == {"new/": 2, "b2b/": 1, "": 3}
    titles = [item.title.replace("\u00a0", " ") for item in feed(table, f"/{language}/dates/new/{file}.rss")]
    assert (
        titles
        == {
            "fr": [
                "Nouvel accès : demandes reçues le 12 octobre 2026 (avant : 5 octobre 2026)",
                "Nouvel accès : demandes reçues le 5 octobre 2026",
            ],
            "en": [
                "New access: requests received October 12, 2026 (before: October 5, 2026)",
                "New access: requests received October 5, 2026",
            ],
        }[language]
    )


def test_guids_survive_a_new_label_and_never_repeat(table: Office) -> None:
    table.publishes_dates(BOTH, as_of="2026-11-10")
    table.publishes_dates(HEADING + "new,2026-10-12\n", as_of="2026-11-17")
    paths = ("/fr/dates/fil.rss", "/en/dates/feed.rss")
    before = [[item.id for item in feed(table, path)] for path in paths]
    renamed = ROWS.replace("Nouvel accès", "Premier accès").replace("New access", "First access")
    table.did("dates", "rows", table.file(renamed))
    after = [[item.id for item in feed(table, path)] for path in paths]
    assert after == before
    assert feed(table, paths[0])[0].title.startswith("Premier accès")
    every = [guid for guids in after for guid in guids]
    assert len(every) == len(set(every)) == 6
    assert all(re.match(r"tag:[^/]+/dates/(new|b2b)/", guid) for guid in every)
