"""Keys that follow one another, on both databases: every request is found, once, under whichever key it is kept."""

import pytest
from time_machine import Traveller

from tests.makers import PUBLIC_URL, Office, a_request, a_requests_file, in_quebec
from tests.store.importing import ONE, THREE, TWO, counts, imports, refusal, told, with_keys

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")


def test_a_newer_key_takes_over_row_by_row(any_office: Office) -> None:
    file = a_requests_file(a_request(reference=ONE), a_request(reference=TWO))
    any_office.did("import", "requests", any_office.file(file))
    old = (any_office.data / "secret").read_text().strip()
    both = with_keys(any_office, "2027:" + "n" * 40, f"1:{old}")
    assert both.did("status", "keys").split() == ["2027", "0", "(for", "new", "references)", "1", "2"]
    assert "is being processed" in told(both, ONE)
    imports(both, a_request(reference=ONE), a_request(reference=THREE))
    assert both.did("status", "keys").split() == ["2027", "2", "(for", "new", "references)", "1", "1"]
    for reference in (ONE, TWO, THREE):
        assert "is being processed" in told(both, reference)
    assert "1 were moved to the newest key" in both.did("import", "requests", both.file(file))
    alone = with_keys(any_office, "2027:" + "n" * 40)
    assert alone.did("status", "keys").split() == ["2027", "3", "(for", "new", "references)"]
    assert "is being processed" in told(alone, TWO)


def test_a_key_that_was_lost_is_told(any_office: Office) -> None:
    imports(any_office, a_request(reference=ONE))
    lost = with_keys(any_office, "2027:" + "n" * 40)
    result = lost.portal("status", "keys")
    assert result.exit_code == 1
    assert "1 references are kept under key “1”, which is not in the file" in result.stderr


def test_nothing_is_imported_while_a_key_is_missing(any_office: Office) -> None:
    imports(any_office, a_request(reference=ONE))
    old = (any_office.data / "secret").read_text().strip()
    both = with_keys(any_office, "2027:" + "n" * 40, f"1:{old}")
    imports(both, a_request(reference=TWO))
    token = both.portal("tokens", "add", "nightly", "--scope", "requests.import").stdout.strip()
    for lines, key in ((["2027:" + "n" * 40], "1"), ([f"1:{old}"], "2027")):
        lost = with_keys(any_office, *lines)
        before = counts(lost)
        said = refusal(lost, a_request(reference=ONE), a_request(reference=THREE))
        assert said == (
            f"portal: references are kept under key “{key}”, which this process does not know; give PORTAL_SECRET_FILE "
            "its line again, restart every process, then import\n"
        )
        answer = lost._client.post(
            "/api/v1/requests/import",
            base_url=PUBLIC_URL,
            data=a_requests_file(a_request(reference=ONE), a_request(reference=THREE)).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "text/csv"},
        )
        assert answer.status_code == 503
        assert f"under key “{key}”" in answer.get_json()["detail"]
        assert counts(lost) == before
    imports(with_keys(any_office, "2027:" + "n" * 40, f"1:{old}"), a_request(reference=ONE), a_request(reference=THREE))
    assert counts(any_office) == (3, 3)


def test_a_file_of_before_the_new_key_brings_nothing_back(any_office: Office, clock: Traveller) -> None:
    file = any_office.file(a_requests_file(a_request(reference=ONE), a_request(reference=TWO)), "first.csv")
    any_office.did("import", "requests", file)
    closed = a_request(reference=ONE, stage="closed", changed_on="2026-11-01")
    imports(any_office, closed, a_request(reference=TWO, stage="processed"))
    old = (any_office.data / "secret").read_text().strip()
    both = with_keys(any_office, "2027:" + "n" * 40, f"1:{old}")
    clock.move_to(in_quebec("2027-02-01 10:00"))
    assert both.did("status", "purge").startswith("1 requests were removed")
    said = both.did("import", "requests", file)
    assert said == "2 requests read: 0 were added, 0 were changed, 1 were moved to the newest key.\n"
    assert counts(both) == (1, 1)
    assert "has been processed" in told(both, TWO)
    assert "nothing to do" in both.did("import", "requests", file)
    third = with_keys(any_office, "2028:" + "m" * 40, "2027:" + "n" * 40, f"1:{old}")
    clock.move_to(in_quebec("2027-02-02 10:00"))
    assert "1 were moved" in third.did(
        "import", "requests", third.file(a_requests_file(a_request(reference=TWO, stage="processed")))
    )
    assert "imported already, on 2027-02-01 at 10:00: nothing to do" in third.did("import", "requests", file)
    assert counts(third) == (1, 1)
    assert "2 requests read: 1 were added" in third.did("import", "requests", file, "--correct", "Both stand again")
