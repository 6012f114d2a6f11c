"""The door of the back office: a token, a file, one transaction; every refusal in words and with its status."""

import json
from urllib.parse import quote

import pytest
from time_machine import Traveller
from werkzeug.test import TestResponse

from portal.core.numbers import printed_reference, reference_of
from tests.makers import PUBLIC_URL, Office, a_request, a_requests_file, in_quebec

pytestmark = pytest.mark.usefixtures("clock")
NOW = "2026-11-18 10:00"
PATH = "/api/v1/requests/import"
ONE, TWO = (printed_reference(reference_of(number)) for number in (776_655_443_322, 998_877_665_544))
FILE = a_requests_file(a_request(reference=ONE), a_request(reference=TWO, form="4058"))


@pytest.fixture
def token(office: Office) -> str:
    return office.portal("tokens", "add", "nightly", "--scope", "requests.import", "--days", "30").stdout.strip()


def sent(office: Office, token: str, content: str | bytes = FILE, query: str = "", **headers: str) -> TestResponse:
    named = {"Authorization": f"Bearer {token}", "Content-Type": "text/csv", **headers}
    data = content.encode() if isinstance(content, str) else content
    return office._client.post(
        PATH + query, base_url=PUBLIC_URL, data=data, headers={key.replace("_", "-"): v for key, v in named.items()}
    )


def test_a_file_is_imported_and_told_in_numbers(office: Office, token: str) -> None:
    answer = sent(office, token)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    told = answer.get_json()
    assert {name: told[name] for name in ("read", "added", "changed", "dry_run", "imported_at")} == {
        "read": 2, "added": 2, "changed": 0, "dry_run": False, "imported_at": None,
    }  # fmt: skip
    answer = office.post("/en/status/", {"reference": ONE, "date": "2026-10-01"})
    assert "Your request is being processed." in answer.text
    assert "token: nightly  requests.import" in office.did("audit")


def test_the_same_file_twice_is_harmless(office: Office, token: str) -> None:
    sent(office, token)
    before = office.dump()
    told = sent(office, token).get_json()
    assert told["imported_at"] == in_quebec(NOW).isoformat()
    assert told["added"] == told["changed"] == 0
    assert office.dump() == before


def test_a_dry_run_keeps_nothing(office: Office, token: str) -> None:
    before = office.dump()
    told = sent(office, token, query="?dry-run=yes").get_json()
    assert (told["dry_run"], told["added"]) == (True, 2)
    assert office.dump() == before


def test_a_query_that_may_have_meant_a_dry_run_writes_nothing(office: Office, token: str) -> None:
    before = office.dump()
    for query in (
        "?dry_run=yes", "?dry-run=true", "?dry-run=", "?dry-run", "?dry-run=Yes", "?DRY-RUN=yes", "?dry-run=yes&x=1",
        "?dry-run=no&dry-run=yes", "?dry-run=yes&dry-run=yes", "?x",
    ):  # fmt: skip
        answer = sent(office, token, query=query)
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json"), query
        assert answer.get_json()["detail"] == "The one argument is dry-run, once: yes or no. Nothing was kept."
    assert office.dump() == before
    assert sent(office, token, query="?dry-run=no").get_json()["added"] == 2


def test_every_fault_is_told_with_its_line_and_without_a_reference(office: Office, token: str) -> None:
    before = office.dump()
    answer = sent(office, token, a_requests_file(a_request(reference=ONE), a_request(reference=ONE, stage="lost")))
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert [problem["line"] for problem in answer.get_json()["problems"]] == [3, 3]
    assert answer.get_json()["more"] == 0
    assert ONE[:5] not in answer.text
    assert office.dump() == before


def test_of_a_wrong_file_the_first_faults_are_told_and_how_many_more_there_are(office: Office, token: str) -> None:
    told = sent(office, token, a_requests_file(*["a,b,c,d,e\n"] * 20_000)).get_json()
    assert (len(told["problems"]), told["more"]) == (100, 99_900)


def test_a_stage_goes_back_only_by_a_correction_with_its_reason(office: Office, token: str) -> None:
    sent(office, token)
    back = a_requests_file(a_request(reference=ONE, stage="received"))
    refused = sent(office, token, back)
    assert refused.status_code == 422
    assert "it cannot go from “in processing” to “received”" in refused.get_json()["problems"][0]["sentence"]
    told = sent(office, token, back, Correction_Reason="Erreur%20de%20saisie%20%C3%A0%20l%E2%80%99accueil").get_json()
    assert (told["changed"], told["corrected"]) == (1, 1)
    assert '"reason": "Erreur de saisie à l’accueil"' in office.did("audit", "--whole")


@pytest.mark.parametrize("reason", ["%1B%5B2J", "%C2%9B2J", "x" * 1_001])
def test_a_reason_that_no_log_should_hold_is_refused(office: Office, token: str, reason: str) -> None:
    before = office.dump()
    assert sent(office, token, Correction_Reason=reason).status_code == 400
    assert office.dump() == before


@pytest.mark.parametrize(
    ("reason", "what"),
    [
        (ONE, "a reference"),
        (f"The request {TWO.lower()} was closed by mistake", "a reference"),
        (f"Not {ONE.replace('-', ' ')}, the other", "a reference"),
        ("Asked by jacques.untel@xx.com", "an e-mail address"),
        ("Asked by jacques.untel @ xx", "an e-mail address"),
    ],
)
def test_a_reason_that_says_whose_request_it_is_stands_in_no_log(
    office: Office, token: str, reason: str, what: str
) -> None:
    before = office.dump()
    answer = sent(office, token, Correction_Reason=quote(reason))
    sentence = f"the reason holds what reads as {what}, and the audit log keeps it; say why without it"
    assert (answer.status_code, answer.get_json()["detail"]) == (400, f"Nothing was kept: {sentence}.")
    refused = office.portal("import", "requests", office.file(FILE), "--correct", reason)
    assert (refused.exit_code, refused.output) == (1, f"portal: {sentence}\n")
    assert office.dump() == before


def test_a_token_that_opens_nothing_is_refused_in_one_way(office: Office, token: str, clock: Traveller) -> None:
    assert sent(office, token).status_code == 200
    office.did("tokens", "add", "old", "--scope", "requests.import")
    before = office.dump()
    wrong = ["", "x", token[:-1], token + "0", "portal_" + "A" * 43, "é" * 50, "x" * 10_000]
    answers = [sent(office, one) for one in wrong]
    answers += [sent(office, token, Authorization=scheme) for scheme in ("", f"Basic {token}", token)]
    assert office.dump() == before
    office.did("tokens", "revoke", "nightly")
    answers.append(sent(office, token))
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer realm=portal"}
    assert answers[0].content_type == "application/problem+json"


def test_a_token_expires(office: Office, token: str, clock: Traveller) -> None:
    clock.move_to(in_quebec("2026-12-18 09:59"))
    assert sent(office, token).status_code == 200
    clock.move_to(in_quebec("2026-12-18 10:00"))
    assert sent(office, token).status_code == 401


def test_what_is_no_csv_is_refused(office: Office, token: str) -> None:
    before = office.dump()
    assert sent(office, token, json.dumps({}), Content_Type="application/json").status_code == 415
    assert sent(office, token, b"").status_code == 422
    assert sent(office, token, "é".encode("latin-1")).status_code == 422
    assert office.dump() == before


def test_a_file_may_be_long_but_not_endless(office: Office, token: str) -> None:
    lines = [a_request(reference=printed_reference(reference_of(number))) for number in range(3_000)]
    assert sent(office, token, a_requests_file(*lines)).get_json()["added"] == 3_000
    assert sent(office, token, b"x" * 20_000_001).status_code == 413


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_no_other_method_does_anything(office: Office, token: str, method: str) -> None:
    answer = getattr(office._client, method)(PATH, base_url=PUBLIC_URL, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_token_is_kept_and_told_nowhere(office: Office, token: str) -> None:
    sent(office, token)
    assert token.startswith("portal_")
    assert len(token) == 50
    assert token not in "".join(office.dump())
    assert token not in office.did("audit", "--whole") + office.did("tokens", "list")
    assert not [file for file in office.data.rglob("*") if file.is_file() and token.encode() in file.read_bytes()]


def test_tokens_are_listed_with_their_state(office: Office, token: str, clock: Traveller) -> None:
    office.did("tokens", "add", "gone", "--scope", "requests.import", "--days", "1")
    office.did("tokens", "revoke", "nightly")
    clock.move_to(in_quebec("2026-11-19 10:00"))
    assert office.did("tokens", "list").splitlines() == [
        "gone                      requests.import   until 2026-11-19 10:00  expired",
        "nightly                   requests.import   until 2026-12-18 10:00  revoked",
    ]


def test_a_name_is_used_once(office: Office, token: str) -> None:
    before = office.dump()
    refused = office.portal("tokens", "add", "nightly", "--scope", "requests.import")
    assert refused.exit_code == 1
    assert "give this one another name" in refused.stderr
    assert refused.stdout == ""
    assert office.portal("tokens", "add", "Nightly!", "--scope", "requests.import").exit_code == 2
    assert office.portal("tokens", "revoke", "unknown").exit_code == 1
    assert office.dump() == before


def test_a_token_given_in_the_place_of_its_name_is_not_repeated(office: Office, token: str) -> None:
    for words in (("revoke", token), ("add", token, "--scope", "requests.import")):
        refused = office.portal("tokens", *words)
        assert refused.exit_code != 0
        assert token[:12] not in refused.output
    assert office.portal("tokens", "revoke", token).stderr == (
        "portal: there is no token of that name; see the list of tokens\n"
    )


def test_to_revoke_twice_is_harmless(office: Office, token: str) -> None:
    office.did("tokens", "revoke", "nightly")
    before = office.dump()
    office.did("tokens", "revoke", "nightly")
    assert office.dump() == before


def test_without_a_token_the_list_says_so(office: Office) -> None:
    assert office.did("tokens", "list") == "There is no token.\n"
