"""The rules of delivery and the forms as data."""

import csv
import io

import pytest
import time_machine

from tests.makers import Office, in_quebec

#: A Friday, as the day of the demonstration.
NOW = "2026-11-20 10:00"
pytestmark = pytest.mark.usefixtures("clock")


def test_the_rules_are_told_with_the_notice_that_explains_each(demo: Office) -> None:
    document = demo.get("/api/v1/delivery-rules").get_json()
    assert document["demonstration"] is True
    assert document["rules"][1] == {
        "rule": "email-from-july-2021",
        "first_day": "2021-07-22",
        "last_day": None,
        "forms": [],
        "password": "email_to_user",
        "user_name": "email_to_authoriser",
        "notice": 1,
    }
    assert len(document["rules"][2]["forms"]) == 11
    notices = {one["id"]: one["key"] for one in demo.get("/api/v1/notices").get_json()["notices"]}
    assert notices[1] == "temporary-password-by-email"


def test_the_rules_are_the_same_in_csv(demo: Office) -> None:
    answer = demo.get("/api/v1/delivery-rules.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="demonstration-delivery-rules.csv"'
    (before, _after, still) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert (before["first_day"], before["last_day"], before["forms"]) == ("", "2021-07-21", "")
    assert still["forms"].split()[:2] == ["4058", "4123"]


def test_a_form_is_told_with_its_group_its_rows_and_what_holds_by_received_date(demo: Office) -> None:
    found = {form["form"]: form for form in demo.get("/api/v1/forms").get_json()["forms"]}
    assert list(found) == sorted(found)
    mail = {"password": "registered_mail", "user_name": "registered_mail", "notices": [1]}
    assert found["4346"] == {
        "form": "4346",
        "group": "directives",
        "rows": ["directives"],
        "sends_credentials": True,
        "delivery": [{"first_day": None, "last_day": None, **mail}],
    }
    assert (found["1004"]["sends_credentials"], found["1004"]["delivery"]) == (False, [])


def test_a_form_in_no_group_has_the_two_times_of_july_2021(office: Office) -> None:
    row = "row,group,group_fr,group_en,label_fr,label_en,forms\nnew,online,Services,Services,Nouveau,New,1234\n"
    office.did("dates", "rows", office.file(row))
    (form, *_eleven) = office.get("/api/v1/forms").get_json()["forms"]
    assert (form["form"], form["group"], form["rows"]) == ("1234", None, ["new"])
    assert [(one["first_day"], one["last_day"], one["password"], one["notices"]) for one in form["delivery"]] == [
        (None, "2021-07-21", "registered_mail", []),
        ("2021-07-22", None, "email_to_user", []),
    ]


@pytest.mark.parametrize("path", ["/api/v1/forms", "/api/v1/delivery-rules", "/api/v1/delivery-rules.csv"])
def test_a_notice_that_comes_out_changes_what_explains_a_rule(
    office: Office, clock: time_machine.Traveller, path: str
) -> None:
    office.publishes_notice(key="temporary-password-by-email", published="2026-11-20 10:05")
    before = office.get(path)
    assert before.headers["Cache-Control"] == "public, max-age=300, s-maxage=1"
    clock.move_to(in_quebec("2026-11-20 10:05"))
    since = {"If_None_Match": before.headers["ETag"], "If_Modified_Since": before.headers["Last-Modified"]}
    after = office.get(path, **since)
    assert after.status_code == 200
    assert after.text != before.text


def test_a_row_that_begins_brings_its_form(office: Office, clock: time_machine.Traveller) -> None:
    row = "row,group,group_fr,group_en,label_fr,label_en,forms,first_day\nnew,online,S,S,Nouveau,New,1234,2026-11-21\n"
    office.did("dates", "rows", office.file(row))
    assert len(office.get("/api/v1/forms").get_json()["forms"]) == 11
    clock.move_to(in_quebec("2026-11-21 00:00"))
    assert len(office.get("/api/v1/forms").get_json()["forms"]) == 12
