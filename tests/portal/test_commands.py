"""The commands of the operator: begin, fill with the demonstration, look back; each refusal in one sentence."""

from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from portal.demo import content
from tests.conftest import DEMO_DAY
from tests.makers import ROWS, Office, a_request, a_requests_file, an_office
from tests.visitor import visit

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-20 10:00"
PAGES = [
    "/fr/",
    "/en/",
    "/fr/dates/",
    "/en/dates/access-new/",
    "/fr/dates/fil.rss",
    "/en/dates/feed.rss",
    "/fr/avis/",
    "/en/notices/feed.rss",
    "/en/contact/",
    "/api/v1/dates",
    "/api/v1/notices",
    "/api/v1/contact",
    "/sitemap.xml",
]
COMMANDS: dict[tuple[str, ...], str] = {
    (): "status and information portal",
    ("init",): "Create or upgrade the database",
    ("demo",): "demonstration content",
    ("run",): "Serve the site",
    ("dates",): "processing dates",
    ("dates", "rows"): "Define the rows",
    ("dates", "publish"): "--confirm",
    ("dates", "undo"): "Take an edition back",
    ("notices",): "notices",
    ("notices", "preview"): "keep nothing",
    ("notices", "withdraw"): "every copy",
    ("notices", "list"): "Drafts and withdrawn ones too",
    ("promises",): "no notice has kept yet",
    ("notices", "publish"): "Publish the notice",
    ("contact",): "telephone lines",
    ("contact", "hours"): "may be in French",
    ("contact", "exception"): "in both languages",
    ("contact", "phone"): "its region",
    ("contact", "holidays"): "no rule does",
    ("rules",): "delivery rules",
    ("rules", "list"): "A star marks",
    ("rules", "add"): "Where one does",
    ("rules", "end"): "its last day",
    ("rules", "cover"): "received before that day",
    ("check",): "waits for a person",
    ("unavailable",): "telephones of now",
    ("export",): "as files",
    ("import",): "back office",
    ("import", "requests"): "--dry-run",
    ("status",): "whose status is told",
    ("status", "acknowledgements"): "letter or e-mail",
    ("status", "references"): "nothing is kept",
    ("status", "purge"): "PORTAL_CLOSED_DAYS",
    ("status", "keys"): "may be taken out",
    ("tokens",): "back office write",
    ("tokens", "add"): "this once",
    ("tokens", "list"): "whether they are valid",
    ("tokens", "revoke"): "for good",
    ("staff",): "people of the desk",
    ("staff", "add"): "print an invitation",
    ("staff", "invite"): "earlier invitations end",
    ("staff", "roles"): "no other",
    ("staff", "disable"): "end at once",
    ("staff", "enable"): "again",
    ("staff", "reset-factors"): "set up anew",
    ("staff", "list"): "with their roles",
    ("hub",): "WebSub hub",
    ("hub", "send"): "what came of it",
    ("hub", "watch"): "until stopped",
    ("purges",): "cache in front",
    ("purges", "send"): "does not know",
    ("audit",): "who changed what",
    ("audit", "verify"): "as it was written",
    ("audit", "export"): "oldest line first",
}


def one_sentence(office: Office, *command: str | Path) -> str:
    """Give a command that must be refused in one sentence, with exit code 1, and return the sentence."""
    result = office.portal(*command)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("portal: ")
    return lines[0]


def test_init_makes_an_office_that_answers_in_both_languages(tmp_path: Path) -> None:
    office = an_office(tmp_path / "new")
    assert office.did("init") == "The database is ready.\n"
    for path in ("/fr/", "/en/", "/fr/dates/", "/en/notices/", "/fr/contact/"):
        visit(office, path)
    assert office.get("/readyz").status_code == 200


def test_init_twice_is_harmless(office: Office) -> None:
    before = office.dump()
    assert office.did("init") == "The database is ready.\n"
    assert office.dump() == before


def test_init_makes_a_secret_that_only_its_owner_reads_and_never_changes_it(tmp_path: Path) -> None:
    office = an_office(tmp_path / "new")
    office.did("init")
    secret = (office.data / "secret").read_bytes()
    assert (office.data / "secret").stat().st_mode & 0o777 == 0o600
    assert len(secret.strip()) >= 32
    office.did("init")
    assert (office.data / "secret").read_bytes() == secret


def test_the_demonstration_twice_is_harmless(demo: Office) -> None:
    before = demo.dump()
    assert demo.did("demo", "--day", DEMO_DAY) == "The demonstration was loaded already.\n"
    assert demo.did("demo") == "The demonstration was loaded already.\n"
    assert demo.did("demo", "--day", "2026-11-01") == "The demonstration was loaded already.\n"
    assert demo.dump() == before


def test_the_demonstration_needs_no_init(tmp_path: Path) -> None:
    office = an_office(tmp_path / "new")
    assert office.did("demo") == "The demonstration is loaded.\n"
    assert office.get("/api/v1/dates").get_json()["demonstration"] is True


def test_two_demonstrations_of_one_day_are_equal_whenever_they_are_made(
    demo: Office, tmp_path: Path, clock: time_machine.Traveller
) -> None:
    clock.shift(5 * 60)
    other = an_office(tmp_path / "other")
    other.did("demo", "--day", DEMO_DAY)
    for path in PAGES:
        first, second = demo.get(path), other.get(path)
        assert first.status_code == 200
        assert first.data == second.data, path
        assert first.headers["ETag"] == second.headers["ETag"]


def test_a_demonstration_of_another_day_has_other_dates(demo: Office, tmp_path: Path) -> None:
    other = an_office(tmp_path / "other")
    other.did("demo", "--day", "2026-11-13")
    first, second = (one.get("/api/v1/dates").get_json()["rows"] for one in (demo, other))
    assert [row["row"] for row in first] == [row["row"] for row in second]
    assert [row["as_of"] for row in first] != [row["as_of"] for row in second]


def test_the_demonstration_says_what_it_is_on_pages_and_in_feeds(demo: Office) -> None:
    for path, word in (("/fr/contact/", "Démonstration."), ("/en/privacy/", "Demonstration.")):
        assert word in visit(demo, path).one(".p-banner--demonstration").to_text()
    assert "<title>[Démonstration] " in demo.get("/fr/dates/fil.rss").text
    assert "<title>[Demonstration] " in demo.get("/en/notices/feed.rss").text


def test_the_references_of_the_demonstration_are_told(demo: Office) -> None:
    for request in content.requests(datetime.fromisoformat(DEMO_DAY).date())[:2]:
        form = {"reference": request.reference, "date": str(request.received_on)}
        assert "Status of your request" in demo.post("/en/status/", form).text


@pytest.mark.parametrize("kind", ["rows", "a notice", "a scheduled notice", "requests"])
def test_the_demonstration_is_refused_beside_real_content(office: Office, kind: str) -> None:
    if kind == "rows":
        office.did("dates", "rows", office.file(ROWS))
    elif kind == "requests":
        office.did("import", "requests", office.file(a_requests_file(a_request())))
    else:
        office.publishes_notice(published="2027-01-01 09:00" if "scheduled" in kind else "2026-01-05 09:00")
    before = office.dump()
    assert "the database holds real content" in one_sentence(office, "demo")
    assert office.dump() == before


def test_the_demonstration_is_refused_in_production(office: Office, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 40)
    production = Office(office.data, {"PORTAL_ENV": "production", "PORTAL_SECRET_FILE": str(key)})
    before = office.dump()
    said = one_sentence(production, "demo")
    assert said == "portal: PORTAL_ENV is production: demonstration content is refused there"
    assert office.dump() == before


def test_a_site_in_production_does_not_start_on_a_demonstration(demo: Office, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 40)
    production = Office(demo.data, {"PORTAL_ENV": "production", "PORTAL_SECRET_FILE": str(key)})
    assert "the database holds demonstration content" in one_sentence(production, "run")


def test_a_site_in_production_does_not_start_without_its_tables(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("k" * 40)
    settings = {"PORTAL_ENV": "production", "PORTAL_SECRET_FILE": str(tmp_path / "key")}
    assert "run `portal init`, then start again" in one_sentence(Office(tmp_path / "new", settings), "run")


@pytest.mark.parametrize("day", ["2021-02-30", "demain", "20261120", "0001-01-01"])
def test_a_demonstration_needs_a_day_that_exists(office: Office, day: str) -> None:
    result = office.portal("demo", "--day", day)
    assert result.exit_code == 2
    assert "--day" in result.output


def test_the_audit_lists_who_changed_what_newest_first(office: Office) -> None:
    office.did("dates", "rows", office.file(ROWS))
    office.publishes_dates("row,received_on\nnew,2026-10-30\n", as_of="2026-11-17")
    office.publishes_notice()
    lines = office.did("audit").splitlines()
    actions = ["notices.publish", "dates.publish", "dates.rows", "delivery.facts", "contacts.facts"]
    assert [line.split("  ")[2] for line in lines] == actions
    assert all(line.split("  ")[1].startswith("command line: ") for line in lines)
    assert lines[0].startswith("2026-11-20 10:00:00  "), "the hour is that of Québec"
    assert len(office.did("audit", "--last", "2").splitlines()) == 2


@pytest.mark.parametrize("last", ["0", "-1", "many", "9999999999"])
def test_the_audit_refuses_a_count_that_is_none(office: Office, last: str) -> None:
    assert office.portal("audit", "--last", last).exit_code == 2


def test_a_database_without_tables_gives_one_sentence(tmp_path: Path) -> None:
    office = Office(tmp_path)
    rows, notice = office.file(ROWS), office.file("x", "notice.md")
    dates = office.file("row,received_on\nnew,2026-10-30\n", "dates.csv")
    requests = office.file(a_requests_file(a_request()), "requests.csv")
    for command in (
        ("audit",),
        ("audit", "verify"),
        ("audit", "export", tmp_path / "log.csv"),
        ("contact", "hours"),
        ("contact", "phone"),
        ("contact", "exception", "2026-12-07", "--remove"),
        ("contact", "holidays", "2027", "--confirm"),
        ("rules", "list"),
        ("rules", "end", "forms-still-by-mail", "--until", "2027-02-28"),
        ("dates", "rows", rows),
        ("dates", "publish", dates, "--as-of", "2026-11-17", "--reason", "x"),
        ("dates", "undo", "1", "--reason", "x"),
        ("import", "requests", requests),
    ):
        assert "try `portal init`" in one_sentence(office, *command)
    assert office.portal("notices", "publish", notice).exit_code == 1


def test_a_file_that_is_no_database_gives_one_sentence(tmp_path: Path) -> None:
    office = Office(tmp_path)
    (tmp_path / "portal.db").write_bytes(b"This is no database." * 100)
    assert "the database does not answer" in one_sentence(office, "audit")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("PORTAL_ENV", "staging"),
        ("PORT", "0"),
        ("PORT", "eighty"),
        ("PORTAL_PUBLIC_URL", "portal.example"),
        ("PORTAL_DATABASE_URL", "mysql://root:hunter2@db/portal"),
        ("PORTAL_PROXY_HOPS", "-1"),
    ],
)
def test_a_wrong_setting_is_named_in_one_sentence(tmp_path: Path, setting: str, value: str) -> None:
    said = one_sentence(Office(tmp_path, {setting: value}), "audit")
    assert setting in said
    assert "hunter2" not in said


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself(tmp_path: Path, command: tuple[str, ...]) -> None:
    result = Office(tmp_path / "never").portal(*command, "--help")
    assert result.exit_code == 0
    assert result.output.startswith("Usage: portal")
    assert COMMANDS[command] in result.output
    assert not (tmp_path / "never").exists(), "help writes nothing"


def test_the_list_of_commands_above_is_whole(tmp_path: Path) -> None:
    groups = ("dates", "notices", "contact", "rules", "import", "status", "tokens", "staff", "hub", "purges", "audit")
    for group in ((), *((name,) for name in groups)):
        commands = Office(tmp_path).portal(*group, "--help").output.partition("Commands:\n")[2].splitlines()
        assert {line.split()[0] for line in commands if line.startswith("  ") and line[2] != " "} == {
            command[-1] for command in COMMANDS if command[:-1] == group and len(command) == len(group) + 1
        }


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    for command in (("publish",), ("dates", "erase"), ("import", "dates")):
        result = Office(tmp_path).portal(*command)
        assert result.exit_code == 2
        assert "No such command" in result.output


def test_the_version_is_told(tmp_path: Path) -> None:
    assert Office(tmp_path).did("--version").strip().replace(".", "").isdigit()
