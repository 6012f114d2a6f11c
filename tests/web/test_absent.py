"""What is not there: said again for a second without asking, and once it is there, shown."""

from collections.abc import Generator

import pytest
import time_machine

from tests.makers import Office
from tests.web.test_page_cache import NOW, work_of_the_application


@pytest.fixture(autouse=True)
def travel() -> Generator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize("path", ["/fr/rien", "/en/dates/nothing/", "/fr/avis/?page=99", "/fr/dates/fil.doc/"])
def test_nobody_is_asked_twice_in_a_second_for_what_is_not_there(
    demo: Office, travel: time_machine.Traveller, path: str
) -> None:
    demo.get("/fr/avis/")
    first = demo.get(path)
    assert first.status_code == 404
    with work_of_the_application() as work:
        again = demo.get(path)
        assert (again.data, again.headers) == (first.data, first.headers)
        assert demo.head(path).data == b""
    assert work.is_none
    assert demo.get("/fr/avis/").status_code == 200
    travel.shift(1)
    with work_of_the_application() as work:
        assert demo.get(path).data == first.data
    assert len(work.statements) <= 6


def test_what_was_not_there_is_found_once_it_is(demo: Office) -> None:
    path = "/fr/dates/tout-nouveau/"
    assert [demo.get(path).status_code for _time in range(2)] == [404, 404]
    rows = "row,group,group_fr,group_en,label_fr,label_en\ntout-nouveau,tout,Groupe,Group,Tout nouveau,All new\n"
    demo.did("dates", "rows", demo.file(rows))
    assert demo.another_worker().get(path).status_code == 200


def test_one_answer_is_made_for_all_that_is_not_there(demo: Office) -> None:
    first = demo.get("/fr/rien/0")
    with work_of_the_application() as work:
        pages = {demo.get(f"/fr/rien/{number}").data for number in range(1, 20)}
    assert (pages, work.statements, work.templates) == ({first.data}, [], [])
