"""Hours in a real browser: a holiday with hours of its own, by keyboard alone, as far as the public page."""

from datetime import timedelta

from playwright.sync_api import expect

from portal.core.calendar import holidays
from tests.chromium.pages import TODAY
from tests.chromium.typist import Typist
from tests.chromium.visitor import visiting
from tests.desk.browser.pages import PUBLISHER
from tests.desk.browser.people import DESK, Staff

TOMORROW = TODAY + timedelta(days=1)
#: The next holiday that is a working day otherwise, and not today.
HOLIDAY = next(
    day
    for year in (TOMORROW.year, TOMORROW.year + 1)
    for day in sorted(holidays(year))
    if day >= TOMORROW and day.isoweekday() <= 5
)


def test_the_hours_of_a_holiday_change_by_keyboard_and_the_public_page_tells_it(staff: Staff) -> None:
    with visiting(staff.window(PUBLISHER), staff.site) as publisher:
        typist = Typist(publisher)
        typist.arrive(f"{DESK}contact/")
        typist.reach("summary:has(+ form[action$='/exceptions'])")
        publisher.tab.keyboard.press("Enter")
        publisher.measure("remember")
        typist.reach("#special-first_day")
        typist.type_day(HOLIDAY)
        for name, text in (("hours", "10 h à 12 h"), ("why_fr", "Service réduit"), ("why_en", "Reduced service")):
            typist.reach(f"#special-{name}")
            typist.type(text)
        typist.enter()
        expect(publisher.tab.get_by_role("status").first).to_contain_text("C’est enregistré.")
        typist.arrive(f"{DESK}contact/?day={HOLIDAY}&hour=09:00")
        told = "de 10\xa0h à 12\xa0h. Ce ne sont pas les heures habituelles\xa0: Service réduit."
        expect(publisher.tab.locator(".d-shown")).to_contain_text(told)
        typist.arrive("/fr/contact/")
        expect(publisher.tab.locator(".p-closures")).to_contain_text("Service réduit")
        assert not publisher.complaints
