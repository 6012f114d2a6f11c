"""What a token opens, until when, and what is a token at all."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.tokens.rules import SCOPES, Scope, Token, TokenRefused, bearer, check, token_hash

MADE = datetime(2026, 11, 20, 15, tzinfo=UTC)
EXPIRES = MADE + timedelta(days=365)
AN_INSTANT = timedelta(microseconds=1)
TYPED = "portal_" + "aZ09_-" * 7 + "x"
REVOKED = Token("table", "dates.publish", MADE, EXPIRES, revoked_at=MADE + timedelta(days=1))


def a_token(scope: Scope = "dates.publish") -> Token:
    return Token("table", scope, MADE, EXPIRES, revoked_at=None)


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("now", [MADE, EXPIRES - AN_INSTANT])
def test_a_token_opens_its_one_thing_until_it_expires(scope: Scope, now: datetime) -> None:
    assert check(a_token(scope), scope, now) == a_token(scope)


@pytest.mark.parametrize(
    ("token", "scope", "now"),
    [
        (None, "dates.publish", MADE),
        (REVOKED, "dates.publish", MADE),
        (a_token(), "dates.publish", EXPIRES),
        *[(a_token(), scope, MADE) for scope in SCOPES if scope != "dates.publish"],
    ],
)
def test_every_other_one_is_refused_without_a_word(token: Token | None, scope: Scope, now: datetime) -> None:
    with pytest.raises(TokenRefused) as refused:
        check(token, scope, now)
    assert str(refused.value) == ""


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_is_read_from_its_header(scheme: str) -> None:
    assert bearer(f"{scheme} {TYPED}") == TYPED


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        TYPED,
        f"Basic {TYPED}",
        f"Bearer  {TYPED}",
        f"Bearer {TYPED}\n",
        f"Bearer {TYPED} ",
        f"Bearer {TYPED}x",
        f"Bearer {TYPED[:-1]}",
        f"Bearer {TYPED[:-1]}é",
        f"Bearer {TYPED.removeprefix('portal_')}",
        f"Bearer {TYPED.upper()}",
    ],
)
def test_a_header_without_a_token_is_refused(header: str) -> None:
    with pytest.raises(TokenRefused):
        bearer(header)


def test_a_token_is_kept_under_sha_256() -> None:
    # FIPS 180-2, appendix B.1
    assert token_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
