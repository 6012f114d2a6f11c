"""Which pages of the notices are kept on disk: those that are few; the others in memory alone."""

import pytest

from tests.makers import Office

NOW = "2026-11-18 10:00"
pytestmark = pytest.mark.usefixtures("clock")
UNION = "?clientele=professionals,developers"
#: One that stands for many in each language, and the page of the same kind that is kept.
MANY = {
    f"/fr/avis/{UNION}&page=2": f"/fr/avis/{UNION}",
    f"/en/notices/{UNION}&page=2": f"/en/notices/{UNION}",
    "/fr/avis/versions/1/": "/fr/avis/1/jours-de-fermeture",
    "/en/notices/versions/1/": "/en/notices/1/closing-days",
    "/fr/avis/versions/1/1/2/": "/fr/avis/?page=2",
    "/en/notices/versions/1/1/2/": "/en/notices/audience/professionals/?page=2",
}


@pytest.fixture
def office(office: Office) -> Office:
    """So many notices that the lists have a second page; the first of them has changed."""
    for body in ("We are closed on June 24.", "We are closed on July 1."):
        office.publishes_notice(body_en=body)
    for number in range(10):
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
    for file in office.data.glob("portal.db*"):
        file.rename(office.data / f"away-{file.name}")
    fresh = office.another_worker()
    assert [fresh.get(path).status_code for path in (kept, many)] == [200, 503]
