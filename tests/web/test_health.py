"""What a supervisor and a load balancer are told: alive, ready, and why not."""

from tests.makers import Office, an_office


def test_a_process_is_alive_whatever_the_database_does(office: Office) -> None:
    (office.data / "portal.db").unlink()
    answer = office.get("/healthz")
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_an_initialised_portal_is_ready(office: Office) -> None:
    assert (office.get("/readyz").status_code, office.get("/readyz").text) == (200, "ok\n")


def test_a_portal_without_its_database_is_not_ready_and_says_why(office: Office) -> None:
    address = "postgresql://someone:a-password@127.0.0.1:1/portal"
    answer = an_office(office.data, PORTAL_DATABASE_URL=address).get("/readyz")
    assert (answer.status_code, answer.text) == (503, "the database does not answer\n")
    assert answer.headers["Cache-Control"] == "no-store"


def test_readiness_is_asked_each_time(office: Office) -> None:
    assert office.get("/readyz").status_code == 200
    file = office.data / "portal.db"
    for name in ("portal.db-wal", "portal.db-shm"):
        (office.data / name).unlink(missing_ok=True)
    file.write_bytes(b"no database at all, but long enough to be read as one" * 100)
    assert an_office(office.data).get("/readyz").status_code == 503


def test_health_is_never_kept(office: Office) -> None:
    for path in ("/healthz", "/readyz"):
        assert "ETag" not in office.get(path).headers
    assert not [file for file in (office.data / "pages").rglob("*") if file.is_file()]
