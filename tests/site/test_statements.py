"""What a page asks of the database, nothing being in memory: few statements, none of them twice."""

import pytest

from tests.addresses import address, routes
from tests.makers import Office
from tests.store.statements import asked_of_the_database, reads, repeated

#: Questions beside the routes' own: asked with a query, and answered.
ASKED = (
    "/fr/contact/?region=montreal",
    "/fr/dates/verifier?type=access-new&date=2026-10-01",
    "/fr/dates/changements?since=1&until=2",
    "/api/v1/changes?since=1&until=2",
    "/fr/recherche/?q=mot",
    "/fr/rien",
)
#: Two lists of notices hold the same one: who it is for is asked with each list.
IN_BOTH_LISTS = {"/fr/formulaires/4058/": 1, "/en/forms/4058/": 1}
#: A redirect, what says that the process runs, and what holds nothing but what every page shares.
WITHOUT = {"/", "/healthz", "/fr/suivi/", "/en/status/", "/fr/rien"}


@pytest.mark.parametrize(
    ("path", "count"),
    [("/fr/", 6), ("/fr/contact/", 1), ("/fr/dates/", 3), ("/fr/dates/access-new/", 6), ("/api/v1/contact", 3)],
)
def test_a_page_takes_few_statements(demo: Office, path: str, count: int) -> None:
    demo.get("/fr/lexique/")  # what every page shares is made
    with asked_of_the_database() as asked:
        assert demo.get(path).status_code == 200
    assert len(reads(asked)) == count, reads(asked)


def test_nothing_is_read_twice(demo: Office) -> None:
    twice, kept = {}, []
    for path in [*(address(route) for _endpoint, route in routes()), *ASKED]:
        with asked_of_the_database() as asked:
            assert demo.get(path).status_code < 500
        if again := repeated(asked):
            twice[path] = again
        kept += [path] if not asked else []
    assert {path: len(again) for path, again in twice.items()} == IN_BOTH_LISTS, twice
    assert set(kept) <= WITHOUT, "what is kept already asks nothing, whatever it would ask"
