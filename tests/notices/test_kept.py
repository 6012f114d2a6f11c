"""Which pages of the notices are kept on disk: all but the later pages of a list for several audiences."""

import pytest

from tests.makers import Office

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
UNION = "?clientele=professionals,developers"
#: One that stands for many in each language, and the page of the same kind that is kept.
MANY = {
    f"/fr/avis/{UNION}&page=2": f"/fr/avis/{UNION}",
    f"/en/notices/{UNION}&page=2": f"/en/notices/{UNION}",
}
#: What the first notice said before, and what changed.
CHANGED = ["/fr/avis/versions/1/", "/en/notices/versions/1/", "/fr/avis/versions/1/1/2/", "/en/notices/versions/1/1/2/"]


@pytest.fixture
def office(office: Office) -> Office:
    """So many notices that the lists have a second page."""
    for number in range(11):
        office.publishes_notice(key=f"notice-{number}")
    return office


def copies(office: Office) -> int:
    return len(list(office.data.glob("pages/*/*")))


@pytest.mark.parametrize("many", MANY)
def test_what_is_many_is_kept_in_memory_alone(office: Office, many: str) -> None:
    kept = MANY[many]
    assert office.get(kept).status_code == 200
    before = copies(office)
    assert before
    first = office.get(many)
    assert (first.status_code, copies(office)) == (200, before)
    assert office.get(many, If_None_Match=first.headers["ETag"]).status_code == 304
    fresh = without_database(office)
    assert [fresh.get(path).status_code for path in (kept, many)] == [200, 503]


@pytest.mark.parametrize("path", CHANGED)
def test_what_a_notice_said_outlives_the_database(office: Office, path: str) -> None:
    office.publishes_notice(key="notice-0", body_en="We are closed on July 1.")
    assert office.get(path).status_code == 200
    copy = without_database(office).get(path)
    assert copy.status_code == 200
    assert "Age" in copy.headers
    assert "version 2" in copy.text.lower().replace("\u00a0", " ")


def without_database(office: Office) -> Office:
    """Take the database away, and return a worker that has nothing in memory."""
    for file in office.data.glob("portal.db*"):
        file.rename(office.data / f"away-{file.name}")
    return office.another_worker()
