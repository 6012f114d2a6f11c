"""Every page of the desk in a real browser: axe, every width, both colour schemes, spacing, and not one complaint."""

import pytest

from tests.chromium.typist import Typist
from tests.desk.browser.pages import SCREENS, Screen
from tests.desk.browser.people import Staff

PHONE = (320, 568)


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_a_page_is_for_everyone(staff: Staff, screen: Screen) -> None:
    with staff.at(screen) as visitor:
        faults = visitor.look_around() + visitor.squeeze()
        assert not faults, "\n".join([f"{screen} ({screen.path}):", *faults])
        assert not visitor.complaints


@pytest.mark.parametrize("screen", [one for one in SCREENS if not one.sent and not one.form], ids=str)
def test_tab_goes_through_the_whole_page_and_leaves_it(staff: Staff, screen: Screen) -> None:
    with staff.at(screen) as visitor:
        visitor.look(width=PHONE[0], height=PHONE[1])
        visitor.measure("restart")
        visitor.measure("remember")
        expected = visitor.measure("stops")
        met = [expected[number] for number in Typist(visitor).walk()]
        assert met == expected, "Tab skips something, or turns in a circle"
