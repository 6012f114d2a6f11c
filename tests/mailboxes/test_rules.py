"""Two typed addresses: the spellings that make no other mailbox, those that do, and the names that look shared."""

from collections.abc import Callable

import pytest
from hypothesis import assume, given, strategies as st

from portal.core.errors import AddressMalformed, AddressUnreachable
from portal.mailboxes.records import names
from portal.mailboxes.rules import Finding, Kind, Mailbox, check, mailbox, role_word


def is_one(first: str, second: str) -> bool:
    return mailbox(first) == mailbox(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("jacques.untel@xx.com", "  jacques.untel@xx.com\n"),
        ("jacques.untel@xx.com", "\ufeff\u200bjacques.untel@xx.com\u00a0"),  # invisible, from a copy
        ("jacques.untel@xx.com", "Jacques.Untel@XX.COM"),
        ("jacques.untel@xx.com", "ｊａｃｑｕｅｓ．ｕｎｔｅｌ＠ｘｘ．ｃｏｍ"),
        ("jacques.untel@xx.com", "jacques.untel@xx.com."),
        ("jacques.untel@xx.com", "jacques.untel@xx。com"),  # the full stop of another writing, in a domain
        ("jacques.untel@xx.com", "jacques.untel+acces@xx.com"),
        ("jacques.untel+a@xx.com", "jacques.untel+b+c@xx.com"),
        ("marie@pharmacie-québec.ca", "marie@xn--pharmacie-qubec-mnb.ca"),
        ("marie@pharmacie-québec.ca", "marie@PHARMACIE-QUÉBEC.CA"),
        (
            "marie@pharmacie-québec.ca",
            "marie@pharmacie-que\u0301bec.ca",
        ),  # the accent apart, as some computers write it
        ("rené@xx.com", "rene\u0301@xx.com"),
        ("RENÉ@xx.com", "rené@xx.com"),
        ("straße@xx.com", "STRASSE@xx.com"),
        ("jacquesuntel@gmail.com", "Jacques.Untel@gmail.com"),
        ("jacquesuntel@gmail.com", "j.a.c.q.u.e.s.untel+acces@googlemail.com"),
        ("j.untel@gmail.com", "juntel@Gmail.com."),
    ],
)
def test_another_spelling_is_no_other_mailbox(first: str, second: str) -> None:
    assert is_one(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("jacques.untel@xx.com", "jacques.untel@xx.ca"),
        ("jacques.untel@xx.com", "jacques.untel@courriel.xx.com"),
        ("jacques.untel@xx.com", "jacquesuntel@xx.com"),  # dots count everywhere but at Gmail
        ("jacques.untel@gmail.com", "jacques.untel@gmail.ca"),
        ("jacques-untel@gmail.com", "jacquesuntel@gmail.com"),
        ("rene@xx.com", "rené@xx.com"),
        ("jacques@straße.de", "jacques@strasse.de"),  # two domains since 2010 (IDNA 2008)
        ("+acces@xx.com", "+autre@xx.com"),  # nothing stands before the tag: it is the name
        ("jacques@xx.com", "jaques@xx.com"),
    ],
)
def test_another_address_is_another_mailbox(first: str, second: str) -> None:
    assert not is_one(first, second)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "@",
        "jacques",
        "jacques@",
        "@xx.com",
        "jacques@xx",
        "jacques@localhost",
        "jacques @xx.com",
        "jacques@xx..com",
        "jacques@-xx.com",
        ".jacques@xx.com",
        "jacques.@xx.com",
        "jacques@xx.com..",
        "jacques@xx,com",
        "a@xx.com, b@xx.com",
        "a@xx.com b@xx.com",
        "a@b@xx.com",
        "Jacques Untel <jacques@xx.com>",
        "mailto:jacques@xx.com?subject=a@b",
        '"jacques untel"@xx.com',
        "jacques@[192.0.2.1]",
        "jacques@192.0.2.1",
        "jacques\u200b@xx.com",
        "jacques\x00@xx.com",
        "jac\ufffdques@xx.com",
        "\u202ejacques@xx.com",
        "jacques@xx.com\r\nBcc: other@xx.com",
        "jacques@xn--a.com",
        "jacques\ud800@xx.com",
        "jacques@\ud800.com",
        "a" * 250 + "@xx.com",
        "a" * 100_000,
        f"jacques@{'a' * 64}.com",
    ],
    ids=lambda typed: ascii(typed)[:30],
)
def test_what_is_no_address_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(AddressMalformed) as caught:
        mailbox(typed)
    assert str(caught.value) == "this is no e-mail address"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("typed", "ending"),
    [
        ("jacques@clinique.local", "local"),
        ("jacques@CLINIQUE.LOCAL.", "local"),
        ("jacques@pharmacie.invalid", "invalid"),
        ("jacques@xx.test", "test"),
        ("jacques@pc.localhost", "localhost"),
    ],
)
def test_an_address_of_an_inner_network_is_refused_with_its_ending(typed: str, ending: str) -> None:
    with pytest.raises(AddressUnreachable) as caught:
        mailbox(typed)
    assert caught.value.ending == ending
    assert "jacques" not in str(caught.value)


@pytest.mark.parametrize(
    "typed", ["jacques.untel@xx.com", "information@xx.com", "jacques@exemple.quebec", "o'neil@xx.ca"]
)
def test_an_address_that_may_exist_is_taken(typed: str) -> None:
    assert f"{mailbox(typed).local}@{mailbox(typed).domain}" == typed


def test_a_mailbox_is_never_written_by_accident() -> None:
    assert "untel" not in f"{mailbox('jacques.untel@xx.com')!r} {mailbox('jacques.untel@xx.com')}"


letters = st.sampled_from("abcdefghijklmnopqrstuvwxyzéèçüñ0123456789")
words = st.text(letters, min_size=1, max_size=8)
locals_ = st.lists(words, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([".", "_", "-", "'"]).map(lambda between: between.join(parts))
)
domains = st.sampled_from(["xx.com", "xx.ca", "gmail.com", "googlemail.com", "québec.ca", "a-b.qc.ca", "outlook.com"])
addresses = st.builds("{}@{}".format, locals_, domains)
#: Each writes the same address otherwise; they are applied in this order, from the letters to what stands around them.
SPELLINGS: list[Callable[[str], str]] = [
    str.upper,
    str.title,
    lambda typed: typed.replace("@", "+étiquette@"),
    lambda typed: typed.replace("@", "＠"),
    lambda typed: "".join(chr(ord(a) + 0xFEE0) if a.isascii() and a.isalnum() else a for a in typed),
    lambda typed: typed + ".",
    lambda typed: f" \t{typed}\u00a0",
]


@given(addresses, st.sets(st.sampled_from(range(len(SPELLINGS)))))
def test_no_spelling_ever_matters(typed: str, spellings: set[int]) -> None:
    other = typed
    for place in sorted(spellings):
        other = SPELLINGS[place](other)
    assert is_one(typed, other)


@given(addresses, st.lists(words, max_size=2))
def test_a_mailbox_is_its_own_mailbox(typed: str, tags: list[str]) -> None:
    found = mailbox(typed.replace("@", "".join(f"+{tag}" for tag in tags) + "@"))
    assert mailbox(f"{found.local}@{found.domain}") == found


@given(locals_, locals_, st.permutations(["xx.com", "xx.ca", "gmail.com", "québec.ca"]))
def test_two_domains_are_never_one_mailbox(first: str, second: str, domains: list[str]) -> None:
    assert not is_one(f"{first}@{domains[0]}", f"{second}@{domains[1]}")


anything = st.text(st.characters(codec=None, categories=None)) | st.text('aA.+@-_"<>[]:, é\ud800＠\u3002xn')


@given(anything | st.builds("{}@{}".format, anything, anything) | st.builds("{}@xx.com".format, anything))
def test_no_text_fails_otherwise_than_as_no_address(typed: str) -> None:
    try:
        found = mailbox(typed)
    except AddressMalformed:
        return
    assert found.local
    assert found.domain.isascii()
    assert mailbox(f"{found.local}@{found.domain}") == found
    assert len(role_word(found, names())) <= len(found.written)


SHARED = [
    ("information", "information"),  # the notice’s own example
    ("Information", "information"),
    ("info", "info"),
    ("info2", "info"),
    ("2info", "info"),
    ("info_montreal", "info"),
    ("info-rive-sud", "info"),
    ("clinique.info", "clinique"),
    ("montreal.info", "info"),
    ("réception", "réception"),
    ("re\u0301ception", "réception"),
    ("accueil-2e-etage", "accueil"),
    ("no-reply", "no-reply"),
    ("no_reply.2", "no_reply"),
    ("front.desk", "front.desk"),
    ("service-a-la-clientele", "service"),
    ("secretariat.md", "secretariat"),
    ("rh", "rh"),
    ("informatique", "informatique"),
    ("pharmacie-tremblay", "pharmacie"),
    ("admin+acces", "admin"),
    ("bureau", "bureau"),
    ("sales", "sales"),
    ("contact", "contact"),
    ("marie.accueil", "accueil"),  # a place, not a surname: it may well be Marie’s own, and the warning says so
]


@pytest.mark.parametrize(("local", "word"), SHARED)
def test_the_name_of_a_shared_mailbox_is_told_as_it_is_written(local: str, word: str) -> None:
    assert role_word(mailbox(f"{local}@xx.com"), names()) == word


PEOPLE = [
    "jacques.untel",
    "infante",
    "dominique.infante",
    "marc-informel",
    "j.service",
    "service.j",
    "j-p.info",
    "jean.bureau",
    "ana.sales",
    "p.bureau",
    "emilie.post",
    "tremblay.personnel",
    "untel.contact",
    "courriel-untel",
    "marie.info.tremblay",
    "r.h",
    "r.hebert",
    "h.r",
    "dr.tremblay",
    "pharmacien",
    "pharmacienne.roy",
    "medecin",
    "clinicien",
    "alexa",
    "berlin",
    "france",
    "paris.tremblay",
    "carlos.captain",
    "angel",
    "christian",
    "dominic.leclerc",
    "secretan",
    "adminou",
    "123",
    "_",
]


@pytest.mark.parametrize("local", PEOPLE)
def test_a_person_is_not_taken_for_a_shared_mailbox(local: str) -> None:
    assert role_word(mailbox(f"{local}@xx.com"), names()) == ""


def test_the_dots_of_gmail_still_part_the_words_of_a_name() -> None:
    assert role_word(mailbox("info.tremblay@gmail.com"), names()) == "info"


def test_a_name_on_the_lists_is_written_as_it_is_compared() -> None:
    known = names()
    for word in known.words | known.alone:
        assert role_word(Mailbox(word, "xx.com", word), known) == word
    assert not known.words & known.alone, "a name is on one list"
    assert all(mailbox(f"a@{domain}").domain == domain for domain in known.personal)


ONE_PERSON: list[tuple[str, str, list[Kind]]] = [
    ("jacques@gmail.com", "jacques.untel@xx.com", []),  # the notice’s example
    ("jacques@gmail.com", "jacques@videotron.ca", ["both_personal"]),
    ("jacques@gmail.com", "jacques.untel@googlemail.com", ["both_personal"]),
    ("jacques.untel@xx.com", "jacques@hotmail.com", ["exchanged"]),
    ("jacques.untel@xx.com", "jacques.untel@yy.com", []),  # nobody can tell which of the two is personal
    ("jacques@gmail.com", "ja.cques@gmail.com", ["same_mailbox"]),
]


@pytest.mark.parametrize(("user", "authoriser", "kinds"), ONE_PERSON)
def test_one_person_gives_the_personal_address_first(user: str, authoriser: str, kinds: list[Kind]) -> None:
    found = check(mailbox(user), mailbox(authoriser), names(), one_person=True)
    assert [finding.kind for finding in found] == kinds


@pytest.mark.parametrize(("user", "authoriser", "kinds"), ONE_PERSON)
def test_two_people_may_both_have_personal_addresses(user: str, authoriser: str, kinds: list[Kind]) -> None:
    found = check(mailbox(user), mailbox(authoriser), names(), one_person=False)
    assert [finding.kind for finding in found] == [kind for kind in kinds if kind == "same_mailbox"]


def test_each_shared_mailbox_is_told_with_its_role() -> None:
    found = check(mailbox("info@xx.com"), mailbox("reception@xx.com"), names(), one_person=False)
    assert found == [Finding("shared", "user", "info"), Finding("shared", "authoriser", "reception")]
    assert not any(finding.is_refused for finding in found)


@pytest.mark.parametrize(
    ("local", "is_refused"),
    [
        ("information", True),
        ("INFORMATION+acces", True),
        ("information2", True),
        ("information-montreal", False),
        ("informations", False),
        ("info", False),
        ("reception", False),
    ],
)
def test_only_the_shared_mailbox_that_the_notice_names_is_refused(local: str, is_refused: bool) -> None:
    found = check(mailbox(f"{local}@xx.com"), mailbox("jacques.untel@xx.com"), names(), one_person=False)
    assert [finding.is_refused for finding in found] == [is_refused]


def test_of_two_other_addresses_one_mailbox_for_both_is_refused() -> None:
    found = check(mailbox("info@xx.com"), mailbox("INFO+2@xx.com"), names(), one_person=True)
    assert [finding.is_refused for finding in found] == [True, False, False]
    assert found[0] == Finding("same_mailbox")


@given(addresses, addresses, st.booleans())
def test_two_addresses_are_refused_when_they_are_one_mailbox_and_only_then(
    first: str, second: str, one_person: bool
) -> None:
    assume(first != second)
    found = check(mailbox(first), mailbox(second), names(), one_person=one_person)
    other = check(mailbox(second), mailbox(first), names(), one_person=one_person)
    is_refused = any(finding.is_refused for finding in found)
    assert is_refused == any(finding.is_refused for finding in other) == is_one(first, second)
