"""The walk through a site that changes meanwhile: all of what it finds is of one moment, or it finds nothing."""

from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest
from time_machine import Traveller, travel

from portal.export.rules import NotWhole
from portal.export.walk import Walk, ask
from tests.export.conftest import Exported
from tests.makers import PUBLIC_URL, Office

#: A page that is asked early, before those of the dates and the notices.
EARLY = "sitemap.xml"


def publishing(office: Office, clock: Traveller, times: int) -> Callable[[str], None]:
    """Return what publishes a notice each time that the early page is found, so many times at most."""
    numbers = count()

    def publish(place: str) -> None:
        if place == EARLY and (number := next(numbers)) < times:
            office.publishes_notice(key=f"notice-{number}", title_fr=f"Avis {number}", title_en="")
            clock.shift(1)  # every worker knows of it within a second

    return publish


def test_what_is_published_meanwhile_is_on_every_page_or_on_none(exported: Exported) -> None:
    found: dict[str, bytes] = {}
    seen = Counter[str]()
    with travel("2026-02-16T10:03:00-05:00") as clock:
        publish = publishing(exported.office, clock, times=1)

        def keep(place: str, body: bytes) -> None:
            found[place] = body
            seen[place] += 1
            publish(place)

        site = Walk(exported.office.door, PUBLIC_URL, keep).all()
        worker = exported.office.another_worker()
        assert seen[EARLY] == 2
        assert "Avis 0" in found["fr/index.html"].decode()
        for answer in site.kept:
            with worker.get(answer.address) as said:
                assert found[answer.place] == said.data, answer.address


def test_a_site_that_does_not_stand_still_is_not_exported(exported: Exported) -> None:
    with travel("2026-02-16T10:03:00-05:00") as clock:
        publish = publishing(exported.office, clock, times=9)
        with pytest.raises(NotWhole, match="changed during each of 3 walks"):
            Walk(exported.office.door, PUBLIC_URL, lambda place, body: publish(place)).all()


def test_a_page_at_hand_says_as_much_as_one_that_is_made(exported: Exported) -> None:
    with travel("2026-02-16T10:03:00-05:00"):
        made, first = ask(exported.office.door, "/fr/dates/changements", PUBLIC_URL)
        at_hand, again = ask(exported.office.door, "/fr/dates/changements", PUBLIC_URL)
    assert first == again
    assert made == at_hand
    assert made.arguments == ("since", "until")
    assert made.valid_until is not None
    assert made.revisions
