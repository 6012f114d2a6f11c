"""The second person: what is hard to take back waits until a colleague does the very same."""

import pytest

from tests.desk.approvals.forms import HOME, Act, follow, held, press, said, waiting
from tests.desk.people import PASSWORD, Colleague, Desk, address

SLIP = "access-new: the date goes back, from 2026-10-30 to 2026-10-23"
WHY = {"reason": "A copy", "password": PASSWORD}
NOTICE = "/desk/en/notices/temporary-password-by-email/withdraw"
DATES, RULES, PEOPLE, PHONES = "/desk/en/dates/", "/desk/en/rules/", "/desk/en/people/", "/desk/en/contact/phones"
RULE = {
    "rule-key": "b2b-by-email",
    "rule-forms": "4123, 4058",
    "rule-by": "email",
    "rule-notice": "temporary-password-by-email",
    "rule-first_day": "2027-03-01",
}
RULE_SECRET = {"rule-password": PASSWORD}
ENDED = {"end-key": "forms-still-by-mail", "end-last_day": "2027-02-28"}
END_SECRET = {"end-password": PASSWORD}
LINE = {"line-montreal-number": "514 555-0199 poste 12"}
LINE_SECRET = {"line-montreal-password": PASSWORD}
NEWCOMER = {"name": "Nouvelle Personne", "email": "nouvelle@agence-essai.ca", "role": "editor"}
ROLES_OF_ONE = {"role": ["editor", "auditor"], "act": "roles"}
BACK = (
    (f"{DATES}check", {"date-access-new": "2026-10-23"}),
    (f"{DATES}publish", {"confirmed": SLIP, "reason": "A slip", "password": PASSWORD}),
)
LATER = {"date-access-new": "2026-10-23", "day": "2026-11-20", "hour": "13:30"}
SECRET = {"password": PASSWORD}
ONE, KEEP = f"{PEOPLE}1/", f"{PEOPLE}1/keep"
WITHDRAWAL = Act(
    "withdrawal", NOTICE, ((NOTICE, WHY),), ("Temporary passwords sent by e-mail", "A copy"), ((NOTICE, SECRET),)
)
RULE_ACT = Act(
    "rule",
    RULES,
    ((f"{RULES}cover", RULE | RULE_SECRET),),
    (
        "b2b-by-email",
        "Temporary passwords sent by e-mail",
        "4123, 4058",
        "2027-03-01",
        "by e-mail: the password to the user",
    ),
    ((f"{RULES}cover", {}), (f"{RULES}cover", RULE_SECRET)),
)
BACKWARDS = Act("dates", DATES, BACK, ("New date – access-new 2026-10-23", "A slip"), ((f"{DATES}check", {}), BACK[1]))
ACTS = [
    WITHDRAWAL,
    RULE_ACT,
    BACKWARDS,
    Act(
        "dates to come",
        DATES,
        ((f"{DATES}check", LATER), BACK[1]),
        ("New date – access-new 2026-10-23", "Day 2026-11-20", "Hour in Québec 13:30"),
        ((f"{DATES}check", {}), BACK[1]),
    ),
    Act(
        "telephone",
        "/desk/en/contact/",
        ((PHONES, LINE | LINE_SECRET),),
        ("514 555-0199 poste 12", "montreal"),
        ((PHONES, {}), (PHONES, LINE_SECRET)),
    ),
    Act(
        "no telephone",
        "/desk/en/contact/",
        ((PHONES, LINE_SECRET | {"act": "remove"}),),
        ("Take the line away", "montreal"),
        ((PHONES, LINE_SECRET),),
    ),
    Act(
        "end of a rule",
        RULES,
        ((f"{RULES}end", ENDED | END_SECRET),),
        ("forms-still-by-mail", "2027-02-28"),
        ((f"{RULES}end", {}), (f"{RULES}end", END_SECRET)),
    ),
    Act(
        "person",
        PEOPLE,
        ((f"{PEOPLE}add", NEWCOMER | SECRET),),
        tuple(NEWCOMER.values())[:2],
        ((f"{PEOPLE}add", SECRET),),
        200,
    ),
    Act("roles", ONE, ((KEEP, ROLES_OF_ONE | SECRET),), ("Save the roles", "Auditor"), ((KEEP, SECRET),)),
]


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_nothing_is_done_before_a_second_person_does_it(paul: Colleague, anne: Colleague, act: Act) -> None:
    before = said(paul.office)
    place = act.is_sent_by(paul)
    assert said(paul.office) == before
    anne.get(HOME)
    assert anne.document.query(f"a[href='{place}']")
    anne.get(place)
    for fact in ("by Personne publisher. A second person does it", *act.facts):
        assert fact in anne.words()
    act.is_done_by(anne, place)
    assert said(paul.office) != before
    assert not waiting(paul.office)
    line = paul.office.did("audit", "--whole", "--last", "1")
    assert "Personne administrator" in line
    assert "Personne publisher" in line


@pytest.mark.parametrize("act", ACTS, ids=str)
def test_nobody_is_their_own_second_person(paul: Colleague, anne: Colleague, act: Act) -> None:
    place, before = act.is_sent_by(paul), said(paul.office)
    anne.get(place)
    form = held(anne, act.again[0][0], {})
    paul.get(place)
    assert "ask a colleague" in paul.words()
    assert not paul.document.query(f"form[action='{act.path}']")
    tried = [] if form.get("act") == ["try"] else form.get("act", [])
    sent = {**form, **act.again[-1][1], "act": tried, "csrf_token": paul.token}
    paul.send(act.path, sent, status=303)
    paul.get(HOME)
    assert "Nothing was done now." in paul.words()
    assert said(paul.office) == before
    assert len(waiting(paul.office)) == 1


def test_a_colleague_does_the_very_same_or_nothing(paul: Colleague, anne: Colleague) -> None:
    place, before = WITHDRAWAL.is_sent_by(paul), said(paul.office)
    anne.get(place)
    press(anne, NOTICE, {**SECRET, "reason": "Another reason"}, status=303)
    anne.get(HOME)
    assert "Nothing was done now." in anne.words()
    assert said(paul.office) == before
    assert len(waiting(paul.office)) == 1


def test_what_is_sent_twice_waits_once(paul: Colleague) -> None:
    assert WITHDRAWAL.is_sent_by(paul) == WITHDRAWAL.is_sent_by(paul)
    assert len(waiting(paul.office)) == 1


def test_what_is_done_twice_is_done_once(paul: Colleague, anne: Colleague) -> None:
    anne.get(WITHDRAWAL.is_sent_by(paul))
    form = {**held(anne, NOTICE, SECRET), **SECRET}
    anne.send(NOTICE, form, status=303)
    done = said(paul.office)
    anne.send(NOTICE, form, status=303)
    anne.get(HOME)
    assert "Nothing was done now." in anne.words()
    assert said(paul.office) == done
    assert not waiting(paul.office)


def test_a_wrong_password_leaves_what_waits_on_the_page(paul: Colleague, anne: Colleague) -> None:
    anne.get(WITHDRAWAL.is_sent_by(paul))
    press(anne, NOTICE, {"password": "une autre girafe"}, status=422)
    assert "This is not your password." in anne.words()
    assert len(waiting(paul.office)) == 1
    press(anne, NOTICE, SECRET, status=303)
    assert not waiting(paul.office)


def test_no_password_is_kept_with_it(paul: Colleague) -> None:
    for act in ACTS:
        act.is_sent_by(paul)
    assert len(waiting(paul.office)) == len(ACTS)
    assert not [line for line in paul.office.dump() if PASSWORD in line or paul.token in line]


def test_it_is_refused_with_a_reason(paul: Colleague, anne: Colleague) -> None:
    place, before = WITHDRAWAL.is_sent_by(paul), said(paul.office)
    anne.get(place)
    press(anne, f"{place}refuse", {"reason": " "}, status=422)
    assert "Say why, for the audit log." in anne.words(".p-errors")
    press(anne, f"{place}refuse", {"reason": "Still of use"}, status=303)
    assert said(paul.office) == before
    assert not waiting(paul.office)
    line = paul.office.did("audit", "--whole", "--last", "1")
    for words in ("Personne administrator  approvals.refuse", "Personne publisher", "Still of use"):
        assert words in line


def test_whoever_may_not_do_it_does_not_see_it(pair: Desk, paul: Colleague) -> None:
    place = WITHDRAWAL.is_sent_by(paul)
    paul.office.did("staff", "roles", address("administrator"), "--role", "administrator")
    administrator = pair.signed_in("administrator")
    administrator.get(HOME)
    assert not administrator.document.query(f"a[href='{place}']")
    administrator.get(place, status=404)
    pair.signed_in("editor").get(place, status=403)


def test_what_is_easy_to_take_back_waits_for_nobody(paul: Colleague) -> None:
    onward = ((f"{DATES}check", {"date-access-new": "2026-11-02"}), (f"{DATES}publish", {}))
    paul.get(DATES)
    assert "/dates/editions/" in follow(paul, onward, 303)
    paul.get(ONE)
    assert press(paul, KEEP, {"act": "disable", **SECRET}, status=303) == ONE
    assert not waiting(paul.office)


def test_an_edition_is_taken_back_by_two_where_a_date_goes_back(paul: Colleague, anne: Colleague) -> None:
    onward = ((f"{DATES}check", {"date-access-new": "2026-11-02"}), (f"{DATES}publish", {}))
    paul.get(DATES)
    edition = follow(paul, onward, 303)
    undo = f"{edition}/undo"
    act = Act("undo", edition, ((undo, {"reason": "Wrong file", **SECRET}),), (), ((undo, SECRET),))
    place, before = act.is_sent_by(paul), said(paul.office)
    assert said(paul.office) == before
    anne.get(place)
    assert "Wrong file" in anne.words()
    act.is_done_by(anne, place)
    assert "Personne publisher" in paul.office.did("audit", "--whole", "--last", "1")
    assert said(paul.office) != before
    assert not waiting(paul.office)


def test_what_has_changed_meanwhile_is_told_before_it_is_done(paul: Colleague, anne: Colleague) -> None:
    place = BACKWARDS.is_sent_by(paul)
    paul.office.publishes_dates("row,received_on\nb2b-new,2026-10-16\n", as_of="2026-11-20")
    anne.get(place)
    press(anne, f"{DATES}check", {}, status=409)
    assert "The table has changed since you began" in anne.words()
    assert "/dates/editions/" in press(anne, *BACK[1], status=303)
    assert not waiting(paul.office)
