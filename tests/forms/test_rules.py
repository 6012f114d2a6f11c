"""A form on a day: what it is for, and how its credentials travelled, travel and will travel."""

from datetime import date

from portal.delivery.rules import Rule
from portal.forms.rules import Form, form_of, known_forms
from tests.makers import a_date, a_row

TURN, NEXT = date(2021, 7, 22), date(2027, 3, 1)
MAIL = Rule("mail", None, date(2021, 7, 21), frozenset(), "registered_mail", "registered_mail", "")
EMAIL = Rule("email", TURN, date(2027, 2, 28), frozenset(), "email_to_user", "email_to_authoriser", "first")
AGAIN = Rule("again", NEXT, None, frozenset(), "registered_mail", "registered_mail", "second")
STILL = Rule("still", None, None, frozenset({"4058", "9999"}), "registered_mail", "registered_mail", "")
RULES = [EMAIL, AGAIN, MAIL]
FIRST = a_date(a_row(key="access-new", forms=("4058", "4123")))
SECOND = a_date(a_row(key="b2b-new", forms=("4123", "4134")))
TABLE = [FIRST, SECOND]
GROUPS = {"b2b-forms": ["4058", "4123"], "directives": ["4346"]}


def form(number: str, today: date, rules: list[Rule] = RULES) -> Form:
    return form_of(number, TABLE, rules, GROUPS, today)


def keys(found: Form) -> list[list[str]]:
    """Return the keys of the rules that decided, that decides, and that will."""
    spans = (found.past, [found.today] if found.today else [], found.announced)
    return [[span.rule.key for span in some] for some in spans]


def test_a_form_stands_between_what_was_and_what_is_announced() -> None:
    assert keys(form("4123", date(2021, 7, 21))) == [[], ["mail"], ["email", "again"]]
    assert keys(form("4123", TURN)) == [["mail"], ["email"], ["again"]]
    found = form("4123", NEXT)
    assert keys(found) == [["email", "mail"], ["again"], []]
    assert found.rule == AGAIN
    assert [span.rule.key for span in found.spans] == ["mail", "email", "again"]


def test_a_form_is_told_with_its_rows_and_its_group() -> None:
    found = form("4123", TURN)
    assert (found.dates, found.group) == (TABLE, "b2b-forms")
    alone = form("4346", TURN)
    assert (alone.dates, alone.group, alone.sends_credentials) == ([], "directives", True)
    assert form("9999", TURN, [STILL]).group is None


def test_nothing_travels_where_every_row_of_a_form_sends_none() -> None:
    removal = a_date(a_row(key="access-end", forms=("4123",), issues_credentials=False))
    none = form_of("4123", [removal], RULES, GROUPS, TURN)
    assert (none.sends_credentials, none.rule, list(none.spans)) == (False, None, [])
    assert form_of("4123", [removal, FIRST], RULES, GROUPS, TURN).rule == EMAIL


def test_a_day_without_a_rule_has_none_and_keeps_what_is_around_it() -> None:
    found = form("4123", TURN, [MAIL, AGAIN])
    assert (found.rule, keys(found)) == (None, [["mail"], [], ["again"]])
    assert [span.rule.key for span in found.spans] == ["mail", "again"]


def test_every_form_that_is_known_stands_with_its_first_row() -> None:
    assert known_forms(TABLE, [STILL, *RULES]) == {
        "4058": FIRST.row,
        "4123": FIRST.row,
        "4134": SECOND.row,
        "9999": None,
    }
