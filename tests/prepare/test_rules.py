"""What is known of a form before it is sent: its rule, its rows, and whether its addresses serve."""

from dataclasses import replace
from datetime import date

import pytest

from portal.delivery.rules import Rule
from portal.prepare.rules import preparation
from portal.rows.rules import ProcessingDate
from tests.makers import a_date, a_row

DAY = date(2026, 11, 20)
MAIL = Rule("mail", None, None, frozenset({"4058"}), "registered_mail", "registered_mail", "")
EMAIL = Rule("email", date(2021, 7, 22), None, frozenset(), "email_to_user", "email_to_authoriser", "")
RULES = [EMAIL, MAIL]


def rows(**changes: object) -> list[ProcessingDate]:
    return [a_date(a_row(forms=("1234",), **changes)), a_date(a_row(key="other"))]


@pytest.mark.parametrize(("form", "is_known"), [("1234", True), ("4058", True), ("9999", False)])
def test_a_form_is_known_by_a_row_or_by_a_rule_that_names_it(form: str, is_known: bool) -> None:
    assert preparation(RULES, rows(), form, DAY).is_known is is_known


@pytest.mark.parametrize(
    ("form", "day", "rule", "by_email"),
    [
        ("1234", DAY, EMAIL, True),
        ("9999", DAY, EMAIL, True),
        ("4058", DAY, MAIL, False),
        ("1234", date(2021, 7, 21), None, False),
    ],
)
def test_the_addresses_serve_only_where_credentials_go_by_email(
    form: str, day: date, rule: Rule | None, by_email: bool
) -> None:
    found = preparation(RULES, rows(), form, day)
    assert (found.rule, found.goes_by_email) == (rule, by_email)


def test_a_rule_that_sends_one_of_the_two_by_email_still_needs_an_address() -> None:
    mixed = replace(EMAIL, password="registered_mail", user_name="email_to_authoriser")  # noqa: S106  # a channel
    assert preparation([mixed], rows(), "1234", DAY).goes_by_email


def test_a_form_whose_rows_send_no_credentials_needs_no_address() -> None:
    found = preparation(RULES, rows(issues_credentials=False), "1234", DAY)
    assert not found.sends_credentials
    assert not found.goes_by_email


def test_one_row_that_sends_credentials_is_enough() -> None:
    more = a_date(a_row(key="more", forms=("1234",)))
    assert preparation(RULES, [*rows(issues_credentials=False), more], "1234", DAY).sends_credentials


def test_a_merged_row_stands_for_the_one_that_goes_on() -> None:
    known = rows(merged_into="other", issues_credentials=False)
    found = preparation(RULES, known, "1234", DAY)
    assert found.dates == [known[1]]
    assert found.sends_credentials
