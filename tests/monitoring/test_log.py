"""What a site writes to its log in production: one object a line, and nothing of whoever asked."""

import json
import logging
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest
from werkzeug.test import Client

from portal.core.numbers import printed_reference, reference_of
from portal.monitoring.lines import MOST_LINES, SAMPLE, Answer, Lines
from portal.monitoring.logs import Json, Plain
from tests.desk.people import PASSWORD, a_staffed_office, address
from tests.makers import PUBLIC_URL, Office, an_office
from tests.monitoring.sites import Line, Site, in_production, soon
from tests.serving import served

#: What visitors type and browsers say, of which nothing may be found in a log.
REFERENCE = printed_reference(reference_of(776_655_443_322))
MAILBOX = "jean.tremblay@clinique.example"
BROWSER = "Nightingale/7.3"
PERSONAL = (REFERENCE, REFERENCE.replace("-", ""), MAILBOX, quote(MAILBOX), "tremblay", BROWSER, "203.0.113.77")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, initialised: Path) -> Office:
    folder, _keys = a_staffed_office(tmp_path_factory.mktemp("logged") / "data", initialised)
    return Office(folder)


@pytest.fixture(scope="module")
def site(office: Office) -> Iterator[Site]:
    with in_production(office, PORTAL_PROXY_HOPS="1") as found:
        yield found


def new_lines(site: Site, path: str, method: str = "GET", body: str | None = None, **how: str) -> list[Line]:
    """Ask, and return what came into the log of it."""
    before = len(site.lines)
    site.ask(path, method, body, **how)
    site.ask("/fr/dates/", "OPTIONS")  # has a line: what came before was written before it
    return soon(lambda: site.lines[before:] if site.lines[-1].get("method") == "OPTIONS" else [])[:-1]


def test_a_page_has_a_line_when_it_is_made_and_none_when_it_is_at_hand(site: Site) -> None:
    (line,) = new_lines(site, "/fr/avis/?nom=" + quote(MAILBOX))
    assert line["path"] == "/fr/avis/"
    assert INSTANT.fullmatch(line["time"])
    assert line["milliseconds"] > 0
    assert line["bytes"] > 1_000
    del line["time"], line["milliseconds"], line["bytes"]
    assert line == {
        "level": "info",
        "logger": "portal.requests",
        "message": "GET page",
        "method": "GET",
        "kind": "page",
        "path": "/fr/avis/",
        "status": 200,
        "outcome": "made",
    }
    assert new_lines(site, "/fr/avis/") == []
    assert new_lines(site, "/healthz") == []


LINES = [
    ("GET", f"/fr/{MAILBOX}", "", {"kind": "file", "status": 404, "outcome": "passed"}),
    ("POST", "/fr/suivi/", f"reference={REFERENCE}&date=2026-11-02", {"kind": "lookup", "outcome": "passed"}),
    ("POST", "/fr/suivi/", "reference=tremblay&date=hier", {"kind": "lookup", "status": 422, "outcome": "passed"}),
    ("GET", f"/fr/suivi/?reference={REFERENCE}", "", {"kind": "lookup", "outcome": "passed"}),
    ("GET", f"/fr/recherche/?q={quote(MAILBOX)}", "", {"kind": "page", "status": 200}),
    ("POST", "/fr/preparer/", f"authoriser={MAILBOX}&user={MAILBOX}", {"kind": "page", "outcome": "passed"}),
    ("POST", "/desk/fr/session", f"email={address('editor')}&password={PASSWORD}", {"kind": "desk", "status": 400}),
    ("GET", f"/desk/fr/session?next={quote(address('editor'))}", "", {"kind": "desk", "status": 200}),
    ("GET", f"/desk/{MAILBOX}", "", {"kind": "desk", "status": 404}),
    ("TREMBLAY", "/fr/dates/", "", {"method": "other", "status": 405}),
    ("PUT", f"/api/v1/{MAILBOX}", "", {"method": "PUT", "kind": "api", "status": 404}),
    ("POST", "/api/v1/requests/open", f'{{"reference": "{REFERENCE}"}}', {"kind": "api", "status": 401}),
]


@pytest.mark.parametrize(("method", "path", "body", "told"), LINES)
def test_what_is_personal_is_in_no_line(site: Site, method: str, path: str, body: str, told: dict[str, object]) -> None:
    how = {"User_Agent": BROWSER, "Referer": f"https://portal.test/?q={MAILBOX}", "Cookie": f"who={MAILBOX}"}
    (line,) = new_lines(site, path, method, body or None, X_Forwarded_For="203.0.113.77", **how)
    assert {name: line[name] for name in told} == told
    assert "path" not in line or line["path"] == path.partition("?")[0]
    for secret in (*PERSONAL, PASSWORD, address("editor")):
        assert secret.lower() not in site.said.lower()


def test_a_refusal_of_the_door_has_a_line_without_the_name_that_was_asked_for(site: Site) -> None:
    (line,) = new_lines(site, "/fr/dates/", Host="tremblay.example")
    assert (line["outcome"], line["status"], "path" in line) == ("refused", 400, False)
    assert "tremblay.example" not in site.said


def two_lines(site: Site, method: str) -> list[Line]:
    """Return the lines of one request that failed; what the site does by itself fails too, and says so."""

    def found() -> list[Line]:
        lines = [line for line in site.lines if line["message"].startswith(method)]
        return lines if len(lines) > 1 else []

    return soon(found)


def test_a_failure_tells_where_it_happened_and_never_what_it_choked_on(tmp_path: Path, initialised: Path) -> None:
    office = an_office(tmp_path / "failing", like=initialised)
    with in_production(office) as site:
        with closing(sqlite3.connect(office.data / "portal.db")) as connection:
            connection.execute("UPDATE revisions SET changed_at = ?", [MAILBOX])
            connection.commit()
        assert site.ask(f"/fr/avis/?q={MAILBOX}")[0] == 500
        failure, answer = two_lines(site, "GET")
    assert (failure["level"], failure["message"]) == ("error", "GET /fr/avis/ failed")
    assert failure["exception"].endswith("\nValueError")
    assert "portal/web/public.py" in failure["exception"]
    assert (answer["status"], answer["outcome"]) == (500, "passed")
    assert "path" not in answer
    assert MAILBOX not in site.said


def test_a_database_that_fails_is_told_by_its_class(tmp_path: Path, initialised: Path) -> None:
    office = an_office(tmp_path / "failing", like=initialised)
    with in_production(office) as site:
        with closing(sqlite3.connect(office.data / "portal.db")) as connection:
            connection.execute("ALTER TABLE requests RENAME TO lost")
            connection.commit()
        assert site.ask("/fr/suivi/", "POST", f"reference={REFERENCE}&date=2026-11-02")[0] == 503
        lines = two_lines(site, "POST")
    assert [line["level"] for line in lines] == ["error", "info"]
    assert lines[0]["message"].startswith("POST /fr/suivi/: database: ")
    assert not [secret for secret in PERSONAL if secret in site.said]


def a_record(error: BaseException) -> logging.LogRecord:
    return logging.LogRecord("portal", logging.ERROR, __file__, 1, "%s failed", ("it",), (type(error), error, None))


def fail() -> None:
    """Repeat what was typed, twice, and tell of the machine."""
    try:
        try:
            int(MAILBOX)
        except ValueError as error:
            raise KeyError(MAILBOX) from error
    except KeyError:
        raise FileNotFoundError(2, "No such file", "portal.db")  # noqa: B904 — one without a cause, on purpose


def chained() -> BaseException:
    with pytest.raises(FileNotFoundError) as failed:
        fail()
    return failed.value


def test_an_exception_is_told_with_those_before_it_and_only_the_words_of_the_machine() -> None:
    told = json.loads(Json().format(a_record(chained())))["exception"]
    assert [line for line in told.splitlines() if not line.startswith(" ")] == [
        "ValueError",
        "KeyError",
        "FileNotFoundError: [Errno 2] No such file: 'portal.db'",
    ]
    assert "int(MAILBOX)" in told
    assert MAILBOX not in told


def test_a_database_is_told_by_its_code() -> None:
    with pytest.raises(sqlite3.OperationalError) as failed, closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("SELECT tremblay")
    assert json.loads(Json().format(a_record(failed.value)))["exception"].endswith("OperationalError: SQLITE_ERROR")


def test_while_one_develops_a_line_is_plain_and_an_exception_says_all() -> None:
    told = Plain("%(levelname)s %(name)s: %(message)s").format(a_record(chained()))
    assert told.startswith("ERROR portal: it failed\n")
    assert f"KeyError: '{MAILBOX}'" in told


def test_a_site_under_development_writes_plain_lines(tmp_path: Path, initialised: Path) -> None:
    office = an_office(tmp_path / "developed", like=initialised)
    with served(office.data) as site:
        site.ask("/fr/avis/")
        log = office.data.parent / "printed"
        line = soon(lambda: re.search("^INFO portal.requests: GET page method=GET .*$", log.read_text(), re.MULTILINE))
    assert " path=/fr/avis/ status=200 outcome=made milliseconds=" in line[0]


def test_one_hit_in_a_thousand_has_a_line(demo: Office, caplog: pytest.LogCaptureFixture) -> None:
    client = Client(demo.door)
    with caplog.at_level(logging.INFO, logger="portal.requests"):
        for _time in range(2 * SAMPLE + 1):
            client.get("/fr/dates/", base_url=PUBLIC_URL).close()
    made, *sampled = [vars(record)["fields"] for record in caplog.records]
    assert made["outcome"] == "made"
    assert [(line["outcome"], line["path"], line["sample"]) for line in sampled] == [("hit", "/fr/dates/", SAMPLE)] * 2


def test_whoever_is_refused_without_end_does_not_fill_the_disk(caplog: pytest.LogCaptureFixture) -> None:
    now = [5.0]
    lines = Lines(lambda: now[0])
    with caplog.at_level(logging.INFO, logger="portal.requests"):
        for second in (5.9, 6.0, 6.1, 7.0):
            now[0] = second
            for number in range(MOST_LINES + 7):
                lines.tell(Answer("GET", "/fr/", "page", "refused", 400, 0.001, 0), number)
    assert len(caplog.records) == 3 * MOST_LINES
    left_out = [vars(record)["fields"].get("left_out", 0) for record in caplog.records]
    assert [(at, number) for at, number in enumerate(left_out) if number] == [
        (MOST_LINES, 7),
        (2 * MOST_LINES, MOST_LINES + 14),
    ]
