"""Staff change the lines by command: numbers, regions, hours of their own; what is no number is refused."""

from collections.abc import Sequence

import pytest

from tests.makers import Office
from tests.visitor import visit

#: A Tuesday.
NOW = "2026-11-24 12:30"
pytestmark = pytest.mark.usefixtures("clock")


def numbers(office: Office) -> dict[str, str]:
    """Return the numbers by line, to a worker that has nothing in memory."""
    phones = office.another_worker().get("/api/v1/contact").get_json()["phones"]
    return {phone["key"]: " ".join(filter(None, (phone["number"], phone["extension"]))) for phone in phones}


def test_the_lines_are_listed(office: Office) -> None:
    said = office.did("contact", "phone").splitlines()
    assert [line.split()[0] for line in said] == ["quebec", "montreal", "elsewhere"]
    assert "1\u00a0888\u00a0330-3023" in said[2]


def test_a_number_is_changed_and_the_same_again_changes_nothing(office: Office) -> None:
    office.did("contact", "phone", "elsewhere", "1 888 330-3023 poste 12")
    assert numbers(office)["elsewhere"] == "+18883303023 12"
    page = visit(office.another_worker(), "/fr/contact/?region=elsewhere")
    assert page.one(".p-number__link").attrs["href"] == "tel:+18883303023;ext=12"
    assert "1 888 330-3023, poste 12" in page.spoken
    assert "1 888 330-3023, ext. 12" in visit(office.another_worker(), "/en/contact/").spoken
    again = office.did("contact", "phone", "elsewhere", "18883303023 ext 12")
    assert again.startswith("Nothing changed.")


def test_a_line_is_added_last_and_taken_away(office: Office) -> None:
    regions = ("--region-fr", "Gaspésie", "--region-en", "Gaspé")
    office.did("contact", "phone", "gaspe", "418 360-1234", *regions)
    assert list(numbers(office)) == ["quebec", "montreal", "elsewhere", "gaspe"]
    assert "Gaspésie" in visit(office.another_worker(), "/fr/contact/").spoken
    office.did("contact", "phone", "gaspe", "--remove")
    assert list(numbers(office)) == ["quebec", "montreal", "elsewhere"]
    assert office.another_worker().get("/fr/contact/gaspe.vcf").status_code == 404
    assert office.another_worker().get("/fr/contact/?region=gaspe").status_code == 404


def test_a_region_is_renamed_alone(office: Office) -> None:
    office.did("contact", "phone", "quebec", "--region-en", "Québec City area")
    page = visit(office.another_worker(), "/en/contact/")
    assert "Québec City area" in page.spoken
    assert numbers(office)["quebec"] == "+14187804208"


def test_a_line_with_hours_of_its_own_says_its_own_state(office: Office) -> None:
    office.did("contact", "hours", "Mo-Su 00:00-24:00", "--schedule", "always", "--new", "--open-on-holidays")
    office.did("contact", "phone", "elsewhere", "--schedule", "always")
    french = visit(office.another_worker(), "/fr/contact/")
    assert [state.attrs["data-schedule"] for state in french.all(".p-summary .p-now")] == ["phone", "always"]
    first = "Québec et Montréal : Fermé pour la pause du midi. Nous rouvrons à 13 h. Aujourd’hui, mardi 24 novembre"
    assert french.spoken.startswith(f"Nous joindre {first}")
    second = "Ailleurs au Québec (sans frais) : Ouvert en ce moment. Nous répondons jour et nuit. Aujourd’hui, mardi"
    assert second in french.spoken
    assert "24 heures sur 24" in french.spoken
    phones = [len(group.query(".p-phones__number")) for group in french.all("main .p-phones")]
    assert phones == [2, 1], "each number stands under what is said of it"
    headings = [heading.to_text() for heading in visit(office, "/en/contact/").all("h2, h3")]
    assert headings[3:7] == [
        "Opening hours: Québec City and Montréal",
        "Next closures and changed hours",
        "Opening hours: Elsewhere in Québec (toll-free)",
        "Next closures and changed hours",
    ]
    block = visit(office, "/fr/dates/").one(".p-help")
    assert len(block.query(".p-now")) == 2
    assert len(block.query(".p-phones__number")) == 3
    document = office.get("/api/v1/contact").get_json()
    assert document["open_now"] is True
    assert document["next_change"] == "2026-11-24T18:00:00+00:00"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("quebec", "418 780-420"), "is no number that can be called"),
        (("quebec", "call us"), "is no telephone number"),
        (("quebec", "911"), "911 is for emergencies"),
        (("gaspe", "418 360-1234"), "“gaspe” is a new line: give its number, and its region in both languages"),
        (("gaspe", "418 360-1234", "--region-fr", "Gaspésie"), "and its region in both languages"),
        (("gaspe", "--remove"), "line “gaspe” is unknown; there are quebec, montreal, elsewhere"),
        (("unknown", "418 360-1234"), "“unknown” is what a caller answers"),
        (("Québec", "418 360-1234"), "a key has 2 to 40 lower-case letters"),
        (("quebec",), "say what changes"),
        (("quebec", "811", "--remove"), "--remove goes with the key of a line alone"),
        (("--remove",), "--remove goes with the key of a line alone"),
        (("quebec", "--schedule", "nights"), "schedule “nights” is unknown; there are phone"),
        (("quebec", "--region-fr", "a\x07"), "there is a control character"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_words(office: Office, command: Sequence[str], why: str) -> None:
    before = office.did("audit")
    result = office.portal("contact", "phone", *command)
    assert result.exit_code in (1, 2)
    assert why in result.stderr
    assert office.did("audit") == before


def test_the_last_line_stays(office: Office) -> None:
    for key in ("quebec", "montreal"):
        office.did("contact", "phone", key, "--remove")
    assert "“elsewhere” is the last line" in office.portal("contact", "phone", "elsewhere", "--remove").stderr
    assert list(numbers(office)) == ["elsewhere"]


def test_a_region_shows_the_hours_of_its_line_alone(office: Office) -> None:
    office.did("contact", "hours", "Mo-Su 00:00-24:00", "--schedule", "always", "--new", "--open-on-holidays")
    office.did("contact", "phone", "elsewhere", "--schedule", "always")
    found = visit(office.another_worker(), "/en/contact/?region=elsewhere")
    assert {state.attrs["data-schedule"] for state in found.all(".p-now")} == {"always"}
    said = " ".join(found.one(".p-number").to_text(separator=" ", strip=True).split())
    assert "Open now. Someone answers day and night." in said
    assert len(found.all("table")) == 1


def test_a_new_line_says_its_schedule_where_there_are_several(office: Office) -> None:
    office.did("contact", "hours", "Mo-Su 00:00-24:00", "--schedule", "always", "--new")
    new = ("contact", "phone", "gaspe", "418 360-1234", "--region-fr", "Gaspésie", "--region-en", "Gaspé")
    assert "say which schedule it has: always, phone" in office.portal(*new).stderr
    office.did(*new, "--schedule", "phone")
    assert "gaspe" in numbers(office)


def test_a_schedule_that_no_line_has_is_taken_away_and_one_in_use_is_not(office: Office) -> None:
    office.did("contact", "hours", "Mo-Su closed", "--schedule", "never", "--new")
    assert "Nobody ever" not in office.portal("check").stderr  # no line has it
    office.did(
        "contact", "exception", "2026-12-07", "--closed", "--why-fr", "a", "--why-en", "b", "--schedule", "never"
    )
    assert "never" not in office.did("contact", "hours", "--schedule", "never", "--remove")
    kept = office.portal("contact", "hours", "--schedule", "phone", "--remove")
    assert "schedule “phone” is that of quebec, montreal, elsewhere" in kept.stderr
    assert "schedule “never” is unknown" in office.portal("contact", "hours", "--schedule", "never", "--remove").stderr
