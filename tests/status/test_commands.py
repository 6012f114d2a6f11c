"""What the back office prints: acknowledgements and new references; nothing of them is kept."""

import re

import pytest
from click.testing import CliRunner

from portal.commands.main import portal as command
from portal.core.numbers import normal_reference, printed_reference, reference_of
from tests.makers import PUBLIC_URL, Office, a_request, a_requests_file

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
ONE, TWO = (printed_reference(reference_of(number)) for number in (776_655_443_322, 998_877_665_544))


def printed(office: Office, content: str, *more: str) -> str:
    return office.did("status", "acknowledgements", office.file(content), *more)


def test_an_acknowledgement_says_reference_date_and_address_in_both_languages(office: Office) -> None:
    before = office.dump()
    said = printed(office, a_requests_file(a_request(reference=ONE, stage="received")))
    french, english = said.split("-" * 70)[:2]
    for text, words, path in (
        (
            french,
            ("Nous avons reçu votre demande", "Référence\u00a0: ", "1er\u00a0octobre 2026 (2026-10-01)"),
            "/fr/suivi/",
        ),
        (english, ("We have received your request", "Reference: ", "October\u00a01, 2026 (2026-10-01)"), "/en/status/"),
    ):
        assert ONE in text
        assert f"\n{PUBLIC_URL}{path}\n" in text
        for word in words:
            assert word in text
        assert "<" not in text
        assert "&" not in text
    assert office.dump() == before


def test_one_language_may_be_asked_for(office: Office) -> None:
    content = a_requests_file(a_request(reference=ONE))
    assert "Nous avons" not in printed(office, content, "--language", "en")
    assert "We have" not in printed(office, content, "--language", "fr")


@pytest.mark.parametrize(
    ("received", "form", "words", "others"),
    [
        ("2021-07-21", "", "come by registered mail", "goes by e-mail to the user"),
        ("2021-07-22", "1234", "goes by e-mail to the user", "come by registered mail"),
        ("2021-07-22", "4058", "come by registered mail", "goes by e-mail to the user"),
    ],
)
def test_it_tells_the_channel_of_the_rule(office: Office, received: str, form: str, words: str, others: str) -> None:
    row = "row,group,group_fr,group_en,label_fr,label_en,forms\nnew,online,Services,Services,Nouveau,New,1234\n"
    office.did("dates", "rows", office.file(row))
    said = printed(
        office, a_requests_file(a_request(reference=ONE, received_on=received, form=form)), "--language", "en"
    )
    assert words in said
    assert others not in said
    assert (f"Form: {form}\n" in said) == bool(form)


def test_each_person_has_an_acknowledgement_with_their_own_reference(office: Office) -> None:
    heading = "reference,authoriser_reference,received_on,stage,changed_on\n"
    said = printed(office, f"{heading}{ONE},{TWO},2026-10-01,received,2026-10-01\n", "--language", "en")
    first, second = said.split("-" * 70)[:2]
    assert (ONE in first, TWO in first, "This reference is the user’s" in first) == (True, False, True)
    assert (ONE in second, TWO in second, "of the person who authorised" in second) == (False, True, True)


def test_the_file_may_come_by_the_standard_input(office: Office) -> None:
    content = a_requests_file(a_request(reference=ONE))
    result = CliRunner().invoke(command, ["status", "acknowledgements", "-"], input=content, env=office.environment)
    assert result.exit_code == 0
    assert ONE in result.output


def test_a_bad_file_is_refused_with_its_lines(office: Office) -> None:
    result = office.portal("status", "acknowledgements", office.file(a_requests_file("x,,,,\n")))
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "line 2" in result.stderr


def test_new_references_are_whole_all_different_and_kept_nowhere(office: Office) -> None:
    before = office.dump()
    found = office.did("status", "references", "500").split()
    assert len(set(found)) == 500
    for reference in found:
        assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}-.", reference)
        assert printed_reference(normal_reference(reference)) == reference
    assert office.dump() == before
    for count in ("0", "-1", "x", "100001"):
        assert office.portal("status", "references", count).exit_code == 2
