"""Each line as a card that address books read, and all of them in the words of schema.org."""

import json
from pathlib import Path

import pytest
import time_machine
import vobject

from tests.makers import Office, in_quebec
from tests.programs import faults_of_types, read_by_ical_js
from tests.visitor import visit

#: A Friday.
NOW = "2026-11-20 10:00"
pytestmark = pytest.mark.usefixtures("clock")
S = "\u00a0"
NUMBERS = {"quebec": "+14187804208", "montreal": "+15146873612", "elsewhere": "+18883303023"}
WHY = ("--why-fr", "tempête", "--why-en", "storm")


def card(office: Office, path: str) -> dict[str, str]:
    """Return a card as two readers find it, who must agree."""
    answer = office.another_worker().get(path)
    assert answer.status_code == 200
    first = {
        line.name.lower(): line.value for line in vobject.readOne(answer.data.decode(), ignoreUnreadable=False).lines()
    }
    first["org"] = first["org"] if isinstance(first["org"], str) else "|".join(first["org"])
    second = {name: value for name, value, _type in read_by_ical_js(office.file(answer.data, "card.vcf"))}
    assert {name for name in first if name != "rev"} == {name for name in second if name != "rev"}
    for name in ("uid", "fn", "tel", "url", "note", "kind", "version", "org"):
        assert str(first[name]).replace("\\n", "\n") == second[name], name
    return second


@pytest.mark.parametrize("line", NUMBERS)
def test_two_readers_find_the_number_of_each_line(office: Office, line: str) -> None:
    for path, agency in (
        (f"/fr/contact/{line}.vcf", "Organisme québécois d’assurance maladie"),
        (f"/en/contact/{line}.vcf", "Québec health-insurance agency"),
    ):
        found = card(office, path)
        assert (found["version"], found["kind"], found["org"]) == ("4.0", "org", agency)
        assert found["tel"] == f"tel:{NUMBERS[line]}"
        assert found["fn"].startswith(f"{agency} – ")
        assert found["url"] == f"http://portal.test{path.rpartition('/')[0]}/"
        assert found["source"] == f"http://portal.test{path}"


def test_a_card_says_the_hours_and_where_to_see_closures(office: Office) -> None:
    note = card(office, "/fr/contact/montreal.vcf")["note"]
    hours = f"de{S}8{S}h{S}30 à{S}12{S}h et de{S}13{S}h à{S}16{S}h{S}30"
    assert f"lundi, mardi, jeudi et vendredi{S}: {hours}\nmercredi{S}: de{S}10{S}h" in note
    assert note.endswith("http://portal.test/fr/contact/")
    assert "Wednesday: 10:00" in card(office, "/en/contact/montreal.vcf")["note"]


def test_a_line_is_the_same_card_in_both_languages_and_after_a_change(office: Office) -> None:
    before = {card(office, f"/{language}/contact/quebec.vcf")["uid"] for language in ("fr", "en")}
    office.did("contact", "phone", "quebec", "1 888 330-3023 poste 12")
    after = card(office, "/fr/contact/quebec.vcf")
    assert before == {after["uid"]}
    assert after["uid"].startswith("urn:uuid:")
    assert after["tel"] == "tel:+18883303023;ext=12"
    assert card(office, "/fr/contact/montreal.vcf")["uid"] != after["uid"]


def test_a_short_number_is_a_text_that_dials(office: Office) -> None:
    office.did("contact", "phone", "quebec", "811")
    assert card(office, "/en/contact/quebec.vcf")["tel"] == "811"


def test_hours_of_nobody_are_a_dash(office: Office) -> None:
    office.did("contact", "hours", "Mo-Su closed", "--from", "2026-11-20")
    assert "\n–\n" in card(office, "/en/contact/quebec.vcf")["note"]


def test_a_kept_card_changes_with_the_week(office: Office, clock: time_machine.Traveller) -> None:
    office.did("contact", "hours", "Mo 08:00-09:00", "--from", "2027-01-04")
    clock.move_to(in_quebec("2027-01-03 23:59:59"))
    assert "Wednesday" in office.get("/en/contact/quebec.vcf").text
    clock.move_to(in_quebec("2027-01-04 00:00"))
    assert "Wednesday" not in office.get("/en/contact/quebec.vcf").text


def test_a_card_is_a_file_with_its_type_and_no_line_is_too_long(office: Office) -> None:
    answer = office.get("/fr/contact/elsewhere.vcf")
    assert answer.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="contact-elsewhere.vcf"'
    lines = answer.data.split(b"\r\n")
    assert lines[:2] == [b"BEGIN:VCARD", b"VERSION:4.0"]
    assert all(len(line) <= 75 for line in lines), "RFC 6350 §3.2: fold it"


def test_a_line_that_is_none_has_no_card(office: Office) -> None:
    assert office.get("/fr/contact/ontario.vcf").status_code == 404


def office_of(office: Office, path: str) -> dict:
    scripts = visit(office.another_worker(), path).all("script[type='application/ld+json']")
    (found,) = [data for data in map(json.loads, (script.to_text() for script in scripts)) if "Office" in data["@type"]]
    return found


@pytest.mark.parametrize("path", ["/fr/", "/en/", "/fr/contact/", "/en/contact/"])
def test_the_office_is_made_of_the_types_of_the_vocabulary(office: Office, tmp_path: Path, path: str) -> None:
    office.did("contact", "hours", "Mo-Fr 08:00-12:00; Sa 00:00-24:00", "--from", "2027-01-04", "--until", "2027-02-05")
    office.did("contact", "exception", "2026-12-23", "--hours", "8:30-12", *WHY)
    found = office_of(office, path)
    source = 'import type { GovernmentOffice, WithContext } from "schema-dts";\n'
    source += "export const office: WithContext<GovernmentOffice> = "
    (tmp_path / "types").mkdir()
    assert faults_of_types(tmp_path / "types", source + json.dumps(found)) == ""


def test_a_word_that_is_not_of_the_vocabulary_is_found(tmp_path: Path) -> None:
    source = 'import type { ContactPoint } from "schema-dts";\nexport const point: ContactPoint = '
    wrong = {"@type": "ContactPoint", "openFrom": "08:30"}
    assert "'openFrom'" in faults_of_types(tmp_path, source + json.dumps(wrong)).replace('"', "'")


def test_the_hours_of_schema_org_have_their_bounds_and_special_days(office: Office) -> None:
    office.did("contact", "hours", "Sa 00:00-24:00", "--from", "2027-01-04", "--until", "2027-02-05")
    office.did("contact", "exception", "2026-12-23", "--hours", "8:30-12", *WHY)
    found = office_of(office, "/en/contact/")
    kind = {"@type": "OpeningHoursSpecification"}
    usual, special = found["openingHoursSpecification"], found["specialOpeningHoursSpecification"]
    wednesday = kind | {"dayOfWeek": ["Wednesday"], "opens": "10:00", "closes": "12:00", "validThrough": "2027-01-03"}
    assert wednesday in usual
    # A closing at midnight is the last minute of its day: 24:00 is no time of the vocabulary's.
    saturday = {"dayOfWeek": ["Saturday"], "opens": "00:00", "closes": "23:59"}
    assert kind | saturday | {"validFrom": "2027-01-04", "validThrough": "2027-02-05"} in usual
    assert [(day["validFrom"], day["opens"], day["closes"]) for day in special] == [
        ("2026-12-23", "08:30", "12:00"),
        ("2026-12-24", "00:00", "00:00"),
        ("2026-12-25", "00:00", "00:00"),
        ("2026-12-31", "00:00", "00:00"),
        ("2027-01-01", "00:00", "00:00"),
    ]
    for point in found["contactPoint"]:
        assert point["hoursAvailable"] == usual + special
    toll_free = [point["telephone"] for point in found["contactPoint"] if "contactOption" in point]
    assert toll_free == [NUMBERS["elsewhere"]]
