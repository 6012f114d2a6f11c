"""Staff change the rules by command: the pages follow on the day, and what cannot be is refused in words."""

import json

import pytest
import time_machine

from tests.makers import Office, in_quebec
from tests.visitor import visit

#: A Friday.
NOW = "2026-11-20 10:00"
pytestmark = pytest.mark.usefixtures("clock")
COVER = ("cover", "b2b-by-email", "4058", "4123", "--by", "email", "--notice", "b2b-by-email", "--from")
MARCH = "2027-03-01"


@pytest.fixture
def told(office: Office) -> Office:
    """An office whose notices of 2021 and of the change to come are out."""
    office.publishes_notice(key="temporary-password-by-email", published="2021-07-22 08:30", title_en="July 2021")
    office.publishes_notice(key="b2b-by-email", title_fr="Le 4058 par courriel", title_en="Form 4058 by e-mail")
    return office


def rules(office: Office) -> dict[str, dict]:
    """Return what the interface says of the rules, by key, to a worker that has nothing in memory."""
    found = office.another_worker().get("/api/v1/delivery-rules").get_json()["rules"]
    return {rule["rule"]: rule for rule in found}


def refused(office: Office, *command: str) -> str:
    """Give a command that must be refused, keep nothing, and return what was said."""
    before = office.dump()
    result = office.portal("rules", *command)
    assert result.exit_code in (1, 2), result.output
    assert office.dump() == before
    return result.stderr


def test_two_forms_go_by_email_from_a_day_announced_before(told: Office, clock: time_machine.Traveller) -> None:
    said = told.did("rules", *COVER, MARCH)
    assert said.endswith("Kept.\n")
    assert "+ … – 2027-02-28           forms-still-by-mail-to-2027-02-28: 4058 4123, by registered-mail" in said
    for day, channel in (("2027-02-28 23:59", "registered mail"), ("2027-03-01 00:00", "goes by e-mail to the user")):
        clock.move_to(in_quebec(day))
        words = visit(told.another_worker(), "/en/forms/4058/").spoken.partition("Request received today")[2]
        assert channel in words[:120]
        assert "registered mail" in visit(told, "/en/forms/4134/").spoken
    kept = rules(told)
    assert kept["b2b-by-email"]["first_day"] == MARCH
    assert kept["forms-still-by-mail"]["forms"] == [
        "4134", "4135", "4151", "4200", "4346", "4354", "4366", "4438", "4444",
    ]  # fmt: skip


def test_the_audit_holds_each_rule_as_it_was_and_as_it_is(told: Office) -> None:
    told.did("rules", *COVER, MARCH)
    line = told.did("audit", "--last", "1", "--whole")
    assert "  rules.cover  delivery 2  " in line
    found = json.loads(line[line.index("{") :])["rules"]
    assert found["forms-still-by-mail-to-2027-02-28"]["last_day"] == [None, "2027-02-28"]
    assert found["b2b-by-email"]["password"] == [None, "email_to_user"]
    (old, new) = found["forms-still-by-mail"]["forms"]
    assert sorted({*old} - {*new}) == ["4058", "4123"]
    assert list(found["forms-still-by-mail"]) == ["forms"], "what did not change is not told"


def test_a_trial_says_what_would_change_and_keeps_nothing(told: Office) -> None:
    before = told.dump()
    said = told.did("rules", *COVER, MARCH, "--dry-run")
    assert "+ 2027-03-01 – …           b2b-by-email: 4058 4123, by email, notice b2b-by-email" in said
    assert said.endswith("Nothing was kept: this was a trial.\n")
    assert told.dump() == before


def test_what_people_were_told_otherwise_is_kept_only_when_meant(told: Office) -> None:
    said = refused(told, *COVER, "2026-11-02")
    assert "4058, 4123, received 2026-11-02 – 2026-11-20: registered mail → e-mail" in said
    assert "give the command again with --confirm" in said
    told.did("rules", *COVER, "2026-11-02", "--confirm")
    assert rules(told)["b2b-by-email"]["first_day"] == "2026-11-02"


def test_a_form_that_nobody_knows_is_kept_only_when_meant(told: Office) -> None:
    command = ("add", "new-form", "4508", "--by", "registered-mail", "--notice", "b2b-by-email", "--from", MARCH)
    assert "form 4508 is in no row of the table and in no rule" in refused(told, *command)
    told.did("rules", *command, "--until", "2027-12-31", "--confirm")
    assert rules(told)["new-form"]["last_day"] == "2027-12-31"
    assert "registered mail" in visit(told, "/en/forms/4508/").spoken


def test_a_rule_that_ends_leaves_its_forms_to_the_rule_for_all_others(
    told: Office, clock: time_machine.Traveller
) -> None:
    assert "+ … – 2027-02-28           forms-still-by-mail: " in told.did(
        "rules", "end", "forms-still-by-mail", "--until", "2027-02-28"
    )
    again = told.did("rules", "end", "forms-still-by-mail", "--until", "2027-02-28")
    assert again == "Nothing changed.\n"
    assert "delivery 2" in told.did("audit", "--last", "1"), "what changes nothing is not counted"
    clock.move_to(in_quebec("2027-03-01 00:00"))
    words = visit(told, "/en/forms/4346/").spoken
    assert "goes by e-mail to the user" in words.partition("Request received today")[2][:120]


def test_the_rule_for_all_others_gives_its_place(told: Office) -> None:
    told.did(
        "rules",
        "cover",
        "all-by-mail",
        "--others",
        "--by",
        "registered-mail",
        "--notice",
        "b2b-by-email",
        "--from",
        MARCH,
    )
    assert rules(told)["email-from-july-2021"]["last_day"] == "2027-02-28"
    assert rules(told)["all-by-mail"]["forms"] == []


def test_a_rule_announced_by_mistake_gives_its_place_before_its_day(told: Office) -> None:
    told.did("rules", *COVER, MARCH)
    told.did(
        "rules", "cover", "later", "4058", "4123", "--by", "email", "--notice", "b2b-by-email", "--from", "2027-02-01"
    )
    assert "b2b-by-email" not in rules(told)
    assert rules(told)["later"]["first_day"] == "2027-02-01"


REFUSED = [
    (("add", "x", "4058", "--by", "email", "--notice", "b2b-by-email"), "a key has 2 to 40"),
    (("add", "more", "4058", "--by", "email", "--notice", "b2b-by-email"), "would both decide for form 4058"),
    (("add", "more", "--by", "email", "--notice", "b2b-by-email"), "name the forms of the rule, or give --others"),
    (("add", "more", "1234", "--others", "--by", "email", "--notice", "b2b-by-email"), "one of the two"),
    (("add", "more", "1234", "--by", "pigeon", "--notice", "b2b-by-email"), "'email'"),
    (("add", "more", "1234", "--by", "email", "--notice", "nothing"), "there are b2b-by-email, temporary-password"),
    (("add", "more", "formulaire", "--by", "email", "--notice", "b2b-by-email"), "four digits"),
    (("cover", "forms-still-by-mail", *COVER[2:], MARCH), "there is a rule “forms-still-by-mail” already"),
    (("cover", "more", "4058", "--by", "email", "--notice", "nothing", "--from", MARCH), "publish it first"),
    (("end", "email-from-july-2021", "--until", "2027-02-28"), "for a request received on 2027-03-01"),
    (("end", "email-from-july-2021", "--until", "2021-07-21"), "is before its first"),
    (("end", "nothing", "--until", "2027-02-28"), "rule “nothing” is unknown; there are mail-before-july-2021"),
    (("end", "forms-still-by-mail", "--until", "demain"), "is not a date"),
    (("list", "--date", "2027-02-28"), "--date goes with --form"),
    (("list", "--form", "405"), "four digits"),
]  # fmt: skip


@pytest.mark.parametrize(("command", "words"), REFUSED)
def test_what_cannot_be_is_refused_in_words(told: Office, command: tuple[str, ...], words: str) -> None:
    assert words in refused(told, *command)


def test_a_withdrawn_notice_explains_nothing(told: Office) -> None:
    told.did("notices", "withdraw", "b2b-by-email", "--reason", "a mistake")
    assert "notice “b2b-by-email” is unknown or withdrawn" in refused(told, *COVER, MARCH)


@pytest.mark.parametrize("published", ["2027-01-15 09:00", "draft"])
def test_a_notice_that_is_not_out_yet_is_named_nowhere(told: Office, published: str) -> None:
    told.publishes_notice(key="to-come", published=published, title_fr="Secret", title_en="Secret")
    said = told.did("rules", "cover", "soon", "4058", "--by", "email", "--notice", "to-come", "--from", MARCH)
    assert "The notice to-come is not out yet: until then, pages tell the rule without it." in said
    page = visit(told, "/en/forms/4058/")
    assert "Request received on or after March 1, 2027 Announced" in page.spoken
    for answer in (page.response, *(told.get(f"/api/v1/{name}") for name in ("forms", "delivery-rules"))):
        assert "Secret" not in answer.text
        assert "to-come" not in answer.text
    assert rules(told)["soon"]["notice"] is None


def test_the_rules_are_listed_with_those_in_force_marked(told: Office) -> None:
    told.did("rules", *COVER, MARCH)
    lines = told.did("rules", "list").splitlines()
    assert [line[:2].strip() for line in lines] == ["", "*", "*", "*", ""]
    assert lines[1].startswith("* 2021-07-22 – …           email-from-july-2021: every other form, by email, notice ")


@pytest.mark.parametrize(
    ("form", "date", "words"),
    [
        ("4058", "2027-02-28", "by registered-mail.\n“forms-still-by-mail-to-2027-02-28” decides: it names the form;"),
        (
            "no 4058",
            MARCH,
            "by email.\n“b2b-by-email” decides: it names the form; it holds since 2027-03-01, for good.",
        ),
        ("9999", MARCH, "no rule names the form then, and this one is for all others"),
        ("9999", MARCH, "whoever holds such a request is told no channel."),
    ],
)
def test_the_rule_of_a_form_is_told_with_its_reason(told: Office, form: str, date: str, words: str) -> None:
    told.did("rules", *COVER, MARCH)
    assert words in told.did("rules", "list", "--form", form, "--date", date)
    assert ("no channel" in told.did("rules", "list", "--form", form)) is (form == "9999")
