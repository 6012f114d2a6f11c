"""The delivery rules by a program: covered, ended, questioned first."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.backoffice.programs import Program, pointers
from tests.makers import an_office

COVER, END = "/delivery-rules/cover", "/delivery-rules/end"
A_RULE: dict[str, Any] = {
    "key": "b2b-by-email",
    "forms": ["4058", "4123"],
    "by": "email",
    "notice": "temporary-password-by-email",
    "first_day": "2027-01-01",
}


@pytest.fixture
def keeper(program: Callable[..., Program]) -> Program:
    return program("rules.change")


def rules(keeper: Program) -> dict[str, Any]:
    return keeper.office.another_worker().get("/api/v1/delivery-rules").get_json()


def test_a_rule_takes_the_place_of_others_from_a_day_on(keeper: Program) -> None:
    tried = keeper.tries(COVER, A_RULE)
    told = keeper.send(COVER, A_RULE)
    assert told["rules"] == tried["rules"]
    new = next(one["new"] for one in told["rules"] if one["key"] == "b2b-by-email")
    assert (new["forms"], new["first_day"], new["password"], new["user_name"]) == (
        ["4058", "4123"], "2027-01-01", "email_to_user", "email_to_authoriser",
    )  # fmt: skip
    assert "b2b-by-email" in {one["rule"] for one in rules(keeper)["rules"]}
    assert keeper.send(COVER, A_RULE)["is_change"] is False


def test_a_rule_may_be_for_every_form_that_no_rule_names(keeper: Program) -> None:
    told = keeper.tries(COVER, A_RULE | {"key": "others-by-mail", "forms": None, "by": "registered-mail"})
    assert {one["key"]: one["new"]["forms"] for one in told["rules"]}["others-by-mail"] == []


def test_what_people_were_told_otherwise_is_asked_about_first(keeper: Program) -> None:
    told = keeper.refused(COVER, A_RULE | {"first_day": "2026-01-01"})
    assert "people have been told otherwise already" in told["questions"][0]
    assert keeper.send(COVER, A_RULE | {"first_day": "2026-01-01", "confirmed": True})["is_change"] is True


def test_a_rule_ends(keeper: Program) -> None:
    document = {"key": "forms-still-by-mail", "last_day": "2100-01-01"}
    told = keeper.send(END, document)
    assert [(one["old"]["last_day"], one["new"]["last_day"]) for one in told["rules"]] == [(None, "2100-01-01")]
    assert keeper.send(END, document)["is_change"] is False


def test_what_is_wrong_is_told_with_its_place(keeper: Program) -> None:
    wrong = {"key": "No key", "forms": ["12"], "by": "pigeon", "typo": 1}
    told = pointers(keeper.refused(COVER, wrong))
    assert set(told) == {"/key", "/forms", "/by", "/notice", "/first_day", "/typo"}
    for forms in ({}, {"forms": []}):
        told = pointers(keeper.refused(COVER, {name: A_RULE[name] for name in A_RULE if name != "forms"} | forms))
        assert told == {"/forms": "this is required"}
    assert set(pointers(keeper.refused(END, {}))) == {"/key", "/last_day"}


def test_what_cannot_be_is_refused_in_words(keeper: Program) -> None:
    assert "nowhere" in keeper.refused(COVER, A_RULE | {"notice": "nowhere"})["detail"]
    assert "nowhere" in keeper.refused(END, {"key": "nowhere", "last_day": "2027-01-01"})["detail"]


def test_whoever_began_before_the_last_change_is_refused(keeper: Program) -> None:
    revision = rules(keeper)["revision"]
    keeper.send(COVER, A_RULE | {"expected": revision})
    end = {"key": "b2b-by-email", "last_day": "2028-01-01", "expected": revision}
    assert keeper.refused(END, end, status=409)["found"] == revision + 1


def test_a_rule_takes_a_second_person_where_that_is_asked_for(keeper: Program) -> None:
    strict = Program(an_office(keeper.office.data, PORTAL_SECOND_PERSON="yes"), keeper.token)
    assert "do it at the desk" in strict.refused(COVER, A_RULE, status=403)["detail"]
