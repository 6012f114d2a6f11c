"""The settings: a wrong one stops the start with one sentence that names it and says why."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import SETTINGS, Provider, PurgeHook, from_environment
from portal.core.errors import SettingError
from tests.makers import Office, an_office

SECRET = "a secret of a test, long enough for the portal"  # noqa: S105  # of a test
PASSWORD = "an-unlikely-password"  # noqa: S105  # of a test


def test_without_any_setting_the_portal_runs_here() -> None:
    config = from_environment({})
    assert config.environment == "development"
    assert not config.is_production
    assert config.data == Path("var").absolute()
    assert config.database_url == f"sqlite:///{config.data / 'portal.db'}"
    assert config.public_url == "http://127.0.0.1:8000"
    assert (config.bind, config.port, config.proxy_hops) == ("127.0.0.1", 8000, 0)
    assert config.secret_file == config.data / "secret"
    assert (config.limits_url, config.most_misses, config.closed_days) == ("tries://", 1_000, 90)
    assert config.trusted_hosts == ("127.0.0.1", "127.0.0.1", "localhost")


def test_an_empty_setting_is_no_setting() -> None:
    empty = dict.fromkeys(set(SETTINGS) - {"PORTAL_ENV"}, "")
    assert from_environment(empty) == from_environment({})


def test_every_setting_is_honoured(tmp_path: Path) -> None:
    config = from_environment(
        {
            "PORT": "9000",
            "PORTAL_BIND": "0.0.0.0",  # noqa: S104  # nothing is bound
            "PORTAL_DATA": str(tmp_path),
            "PORTAL_DATABASE_URL": "postgresql://someone@db.example/portal",
            "PORTAL_ENV": "production",
            "PORTAL_PROXY_HOPS": "2",
            "PORTAL_PUBLIC_URL": "https://portal.example.org",
            "PORTAL_SECRET_FILE": str(tmp_path / "key"),
            "PORTAL_LIMITS_URL": f"redis://:{PASSWORD}@counts.example:6379/1",
            "PORTAL_MOST_MISSES": "5000",
            "PORTAL_CLOSED_DAYS": "30",
        }
    )
    assert config.limits_url == f"redis://:{PASSWORD}@counts.example:6379/1"
    assert PASSWORD not in repr(config)
    assert (config.most_misses, config.closed_days) == (5_000, 30)
    assert (config.port, config.bind, config.data) == (9000, "0.0.0.0", tmp_path)  # noqa: S104  # nothing is bound
    assert config.database_url == "postgresql+psycopg://someone@db.example/portal"
    assert config.is_production
    assert config.proxy_hops == 2
    assert config.public_url == "https://portal.example.org"
    assert config.secret_file == tmp_path / "key"
    assert config.trusted_hosts == ("portal.example.org",)  # and no longer this machine's own names


def test_the_public_address_follows_the_port() -> None:
    assert from_environment({"PORT": "8080"}).public_url == "http://127.0.0.1:8080"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_may_be_written_three_ways(scheme: str) -> None:
    config = from_environment({"PORTAL_DATABASE_URL": f"{scheme}://db.example/portal"})
    assert config.database_url == "postgresql+psycopg://db.example/portal"


@pytest.mark.parametrize("written", ["sqlite:///here/a.db", "sqlite:///./here/a.db"])
def test_a_sqlite_file_is_made_absolute(written: str) -> None:
    here = Path.cwd() / "here" / "a.db"
    assert from_environment({"PORTAL_DATABASE_URL": written}).database_url == f"sqlite:///{here}"


def test_a_folder_of_any_name_makes_an_address_of_it() -> None:
    config = from_environment({"PORTAL_DATA": "/a folder/50%20#1?"})
    assert config.database_url == "sqlite:////a%20folder/50%2520%231%3F/portal.db"
    assert from_environment({"PORTAL_DATABASE_URL": config.database_url}).database_url == config.database_url


WRONG = [
    ("PORT", "eighty"),
    ("PORT", "0"),
    ("PORT", "65536"),
    ("PORT", "-1"),
    ("PORT", "８０００"),
    ("PORT", "8000 "),
    ("PORT", "9" * 5_000),
    ("PORTAL_ENV", "prod"),
    ("PORTAL_ENV", "Production"),
    ("PORTAL_ENV", ""),
    ("PORTAL_HUB_URL", "hub.example.org"),
    ("PORTAL_HUB_URL", "https://hub.example.org:65536/"),
    ("PORTAL_HUB_URL", "https://key:secret@hub.example.org/"),
    ("PORTAL_HUB_URL", "https://hub.example.org/?key=secret"),
    ("PORTAL_OIDC_ISSUER", "accounts.example.org"),
    ("PORTAL_OIDC_ISSUER", "https://accounts.example.org/?tenant=agency"),
    ("PORTAL_OIDC_ISSUER", "https://accounts.example.org:65536"),
    ("PORTAL_OIDC_CLIENT_ID", "portal"),
    ("PORTAL_OIDC_SECRET_FILE", __file__),
    ("PORTAL_PURGE_URL", "cache.example.org"),
    ("PORTAL_PURGE_URL", "https://cache.example.org:65536/"),
    ("PORTAL_PURGE_URL", "https://key:secret@cache.example.org/"),
    ("PORTAL_PURGE_TOKEN", "a-token-without-a-cache"),
    ("PORTAL_PROXY_HOPS", "-1"),
    ("PORTAL_SECOND_PERSON", "true"),
    ("PORTAL_PROXY_HOPS", "6"),
    ("PORTAL_PROXY_HOPS", "yes"),
    ("PORTAL_PUBLIC_URL", "portal.example.org"),
    ("PORTAL_PUBLIC_URL", "https://portal.example.org/"),
    ("PORTAL_PUBLIC_URL", "https://portal.example.org/fr"),
    ("PORTAL_PUBLIC_URL", "https://user@portal.example.org"),
    ("PORTAL_PUBLIC_URL", "ftp://portal.example.org"),
    ("PORTAL_PUBLIC_URL", "https://portal.example.org\n"),
    ("PORTAL_PUBLIC_URL", "javascript:alert(1)"),
    ("PORTAL_DATABASE_URL", "mysql://db.example/portal"),
    ("PORTAL_DATABASE_URL", "sqlite:///"),
    ("PORTAL_DATABASE_URL", "sqlite://"),
    ("PORTAL_DATABASE_URL", "portal.db"),
    ("PORTAL_DATA", __file__),
    ("PORTAL_LIMITS_URL", "memcached://counts.example"),
    ("PORTAL_LIMITS_URL", "redis://"),
    ("PORTAL_LIMITS_URL", "redis://counts.example\n/0"),
    ("PORTAL_LIMITS_URL", "redis://counts.example:port/0"),
    ("PORTAL_LIMITS_URL", "rediss://counts.example:99999/0"),
    ("PORTAL_MOST_MISSES", "9"),
    ("PORTAL_MOST_MISSES", "1000001"),
    ("PORTAL_MOST_MISSES", "never"),
    ("PORTAL_CLOSED_DAYS", "0"),
    ("PORTAL_CLOSED_DAYS", "3651"),
]


@pytest.mark.parametrize(("setting", "value"), WRONG)
def test_a_wrong_setting_is_told_in_one_sentence_that_names_it(setting: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        from_environment({setting: value})
    sentence = str(refused.value)
    assert sentence.startswith(f"{setting} ")
    assert " must " in sentence
    assert "\n" not in sentence.removesuffix("”").rstrip("\n")
    assert len(sentence) < 250


@pytest.mark.parametrize(("setting", "value"), [("PORT", "eighty"), ("PORTAL_ENV", "prod")])
def test_the_command_stops_at_a_wrong_setting(tmp_path: Path, setting: str, value: str) -> None:
    result = Office(tmp_path, {setting: value}).portal("init")
    assert result.exit_code == 1
    assert result.output.startswith(f"portal: {setting} must ")
    assert result.output.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_cache_in_front_is_told_with_a_secret_that_is_told_to_nobody() -> None:
    told = {"PORTAL_PURGE_URL": "http://cache.example.org:6081/purge"}
    assert from_environment({}).purge_hook is None
    assert from_environment(told).purge_hook == PurgeHook("http://cache.example.org:6081/purge", "")
    config = from_environment({**told, "PORTAL_PURGE_TOKEN": PASSWORD})
    assert config.purge_hook == PurgeHook("http://cache.example.org:6081/purge", PASSWORD)
    assert PASSWORD not in repr(config) + repr(config.purge_hook)


@pytest.mark.parametrize("more", [" ", "\n", "\r\nHost: elsewhere", "é", "\0"])
def test_a_secret_of_the_cache_that_no_header_takes_is_never_quoted(more: str) -> None:
    with pytest.raises(SettingError, match=r"^PORTAL_PURGE_TOKEN must hold ") as refused:
        from_environment({"PORTAL_PURGE_URL": "https://cache.example.org/", "PORTAL_PURGE_TOKEN": PASSWORD + more})
    assert PASSWORD not in str(refused.value)


def test_in_production_a_cache_is_told_by_https_alone() -> None:
    with pytest.raises(SettingError, match=r"^PORTAL_PURGE_URL must begin with https:// when PORTAL_ENV is prod"):
        from_environment(production(PORTAL_PURGE_URL="http://cache.example.org/"))
    assert from_environment(production(PORTAL_PURGE_URL="https://cache.example.org/")).purge_hook


def a_provider(folder: Path, secret: str | bytes = PASSWORD, **changes: str) -> dict[str, str]:
    """Return the settings of a provider of accounts, all of which must be there."""
    file = folder / "oidc"
    file.write_bytes(secret if isinstance(secret, bytes) else secret.encode())
    return {
        "PORTAL_OIDC_ISSUER": "https://accounts.example.org/agency",
        "PORTAL_OIDC_CLIENT_ID": "portal-of-the-agency",
        "PORTAL_OIDC_SECRET_FILE": str(file),
        **changes,
    }


@pytest.mark.parametrize("secret", [PASSWORD, f"{PASSWORD}\n", f"\ufeff{PASSWORD}\r\n"])
def test_a_provider_of_accounts_is_taken_whole_and_told_to_nobody(tmp_path: Path, secret: str) -> None:
    config = from_environment(a_provider(tmp_path, secret))
    assert config.provider == Provider("https://accounts.example.org/agency", "portal-of-the-agency", PASSWORD)
    assert PASSWORD not in repr(config) + repr(config.provider)
    assert from_environment({}).provider is None


@pytest.mark.parametrize("setting", ["PORTAL_OIDC_CLIENT_ID", "PORTAL_OIDC_SECRET_FILE"])
def test_a_provider_of_accounts_needs_all_its_settings(tmp_path: Path, setting: str) -> None:
    with pytest.raises(SettingError, match=f"^{setting} must be set when PORTAL_OIDC_ISSUER is$"):
        from_environment(a_provider(tmp_path, **{setting: ""}))
    with pytest.raises(SettingError, match=r"must be set with PORTAL_OIDC_ISSUER, or not at all$"):
        from_environment(a_provider(tmp_path, PORTAL_OIDC_ISSUER=""))


@pytest.mark.parametrize("secret", ["", " \n", f"{PASSWORD}\nmore", f"{PASSWORD}\0", f"{PASSWORD}é".encode("latin-1")])
def test_a_secret_of_the_provider_that_is_none_is_never_quoted(tmp_path: Path, secret: str | bytes) -> None:
    with pytest.raises(SettingError, match=r"^PORTAL_OIDC_SECRET_FILE (must hold|names no)") as refused:
        from_environment(a_provider(tmp_path, secret))
    assert PASSWORD not in str(refused.value)


def test_a_missing_secret_of_the_provider_is_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "none")
    with pytest.raises(SettingError, match=f"^PORTAL_OIDC_SECRET_FILE names no readable file: {missing}$"):
        from_environment(a_provider(tmp_path, PORTAL_OIDC_SECRET_FILE=missing))


def test_in_production_a_provider_is_asked_by_https_alone(tmp_path: Path) -> None:
    plain = a_provider(tmp_path, PORTAL_OIDC_ISSUER="http://localhost:9400")
    assert from_environment(plain).provider
    with pytest.raises(SettingError, match=r"^PORTAL_OIDC_ISSUER must begin with https:// when PORTAL_ENV is prod"):
        from_environment(production(**plain))
    assert from_environment(production(**a_provider(tmp_path))).provider


def test_a_provider_needs_its_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "authlib", None)  # as where it is not installed
    with pytest.raises(SettingError, match=r"^PORTAL_OIDC_ISSUER needs authlib: install portal\[oidc\]$"):
        from_environment(a_provider(tmp_path))


def production(**changes: str) -> dict[str, str]:
    return {
        "PORTAL_ENV": "production",
        "PORTAL_PUBLIC_URL": "https://portal.example.org",
        "PORTAL_SECRET_FILE": "/run/secrets/portal",
        **changes,
    }


@pytest.mark.parametrize("setting", ["PORTAL_PUBLIC_URL", "PORTAL_SECRET_FILE"])
def test_production_needs_what_it_cannot_guess(setting: str) -> None:
    with pytest.raises(SettingError, match=f"^{setting} must be set when PORTAL_ENV is production$"):
        from_environment(production(**{setting: ""}))


@pytest.mark.parametrize("value", ["1", "true", "yes"])
def test_production_refuses_debug(value: str) -> None:
    with pytest.raises(SettingError, match=r"^FLASK_DEBUG must not be set"):
        from_environment(production(FLASK_DEBUG=value))
    assert from_environment(production(FLASK_DEBUG="0")).is_production


def test_production_makes_no_secret_of_its_own(office: Office) -> None:
    missing = office.data / "not-there"
    settings = production(PORTAL_SECRET_FILE=str(missing))
    result = Office(office.data, settings).portal("init")
    assert result.exit_code == 1
    assert result.output == f"portal: PORTAL_SECRET_FILE names no readable file: {missing}\n"
    assert not missing.exists()


def test_a_secret_too_short_is_refused(office: Office) -> None:
    short = office.file("too short\n" + " " * 100, "short")
    result = an_office(office.data, PORTAL_SECRET_FILE=str(short)).portal("init")
    assert result.exit_code == 1
    assert result.output == "portal: PORTAL_SECRET_FILE must hold at least 32 characters\n"


def test_while_developing_a_secret_is_made_for_its_owner_alone(tmp_path: Path) -> None:
    office = an_office(tmp_path / "office")
    office.did("init")
    secret = office.data / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    kept = secret.read_text()
    assert len(kept.strip()) == 64
    office.did("init")
    assert secret.read_text() == kept


@pytest.mark.parametrize("command", [("demo",), ("run",), ("run", "--with-demo")])
def test_production_refuses_demonstration_content(demo: Office, command: tuple[str, ...]) -> None:
    settings = production(PORTAL_SECRET_FILE=str(demo.file(SECRET, "key")))
    result = Office(demo.data, settings).portal(*command)
    assert result.exit_code == 1
    assert result.output.startswith("portal: PORTAL_ENV is production")
    assert "demonstration content" in result.output


def test_production_refuses_to_start_without_its_tables(tmp_path: Path) -> None:
    office = an_office(tmp_path / "office")
    office.data.mkdir()
    settings = production(PORTAL_SECRET_FILE=str(office.file(SECRET, "key")))
    result = Office(office.data, settings).portal("run")
    assert result.exit_code == 1
    assert "portal init" in result.output


@pytest.mark.parametrize("command", [("init",), ("audit",), ("run",)])
@pytest.mark.parametrize(
    "address", [f"postgresql://someone:{PASSWORD}@127.0.0.1:1/portal", f"oracle://someone:{PASSWORD}@db/portal"]
)
def test_the_password_of_the_database_is_never_printed(office: Office, command: tuple[str, ...], address: str) -> None:
    settings = {**office.environment, **production(PORTAL_SECRET_FILE=str(office.file(SECRET, "key")))}
    environment = {**os.environ, **settings, "PORTAL_DATABASE_URL": address}
    run = subprocess.run(
        [sys.executable, "-c", "from portal.commands.main import portal; portal()", *command],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    printed = run.stdout + run.stderr
    assert run.returncode == 1
    assert printed.startswith("portal: ")
    assert PASSWORD not in printed
    assert "Traceback" not in printed


OTHER = "another secret of a test, long enough for the portal"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (SECRET, ["1"]),
        (f"{SECRET}\n", ["1"]),
        (f"2027: {OTHER}\n1:{SECRET}\n", ["2027", "1"]),
        (f"\r\n2027-b:{OTHER}\r\n\r\n 1: {SECRET} \r\n", ["2027-b", "1"]),
        (f"2027:{SECRET}", ["2027"]),
        (f"2027:{OTHER}\n1:{SECRET[:20]}:{SECRET}", ["2027", "1"]),  # a secret may hold a colon
    ],
)
def test_a_secret_file_holds_one_key_or_several(tmp_path: Path, text: str, ids: list[str]) -> None:
    office = an_office(tmp_path)
    office.file(text, "secret")
    keys = office.config.keys
    assert [key.id for key in keys] == ids
    assert keys[-1].secret.endswith(SECRET.encode())
    assert [key.secret for key in keys[:-1]] == [OTHER.encode()] * (len(ids) - 1)
    assert SECRET not in repr(keys)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"short",
        b"2027:",
        f"2:{OTHER}\n1:x".encode(),
        b"\xff" * 40,
    ],
)
def test_a_secret_file_that_holds_no_keys_is_refused_without_quoting_it(tmp_path: Path, content: bytes) -> None:
    office = an_office(tmp_path)
    office.file(content, "secret")
    with pytest.raises(SettingError) as refused:
        _ = office.config.keys
    assert str(refused.value).startswith("PORTAL_SECRET_FILE ")
    assert SECRET not in str(refused.value)
    assert OTHER not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"{SECRET}\n{OTHER}", "line 1"),
        (f"2027:{OTHER}\n\n{SECRET}", "line 3"),
        (f"2027:{OTHER}\n2027-Bis:{SECRET}", "line 2"),
        (f"2027:{OTHER}\n-b:{SECRET}", "line 2"),
        (f"2027:{OTHER}\n{'9' * 21}:{SECRET}", "line 2"),
        (f"# the key of 2027\n2027:{OTHER}", "line 1"),
        (f"# 2027: since January\n2027:{OTHER}", "line 1"),
        (f"2027_b:{OTHER}", "line 1"),
        (f"\ufeff1:{SECRET}", "byte order mark"),
        (f"\ufeff{SECRET}", "byte order mark"),
        (f"1:{OTHER}\n\ufeff1:{SECRET}", "byte order mark"),
        (f"2:{OTHER}\n2:{SECRET}", "line 2 has another’s"),
        (f"2:{OTHER}\n1:{SECRET}\n\n2:{OTHER}", "line 4 has another’s"),
    ],
)
def test_a_line_that_is_no_key_is_named_and_never_quoted(tmp_path: Path, text: str, place: str) -> None:
    office = an_office(tmp_path)
    office.file(text, "secret")
    with pytest.raises(SettingError, match=f"^PORTAL_SECRET_FILE must .*{place}") as refused:
        _ = office.config.keys
    assert not [word for word in (SECRET, OTHER, "another secret", "2027", "since") if word in str(refused.value)]
    result = office.portal("status", "keys")
    assert (result.exit_code, result.output) == (1, f"portal: {refused.value}\n")


def test_a_newline_of_the_first_release_is_no_part_of_the_key(tmp_path: Path) -> None:
    office = an_office(tmp_path)
    office.file(f"  {SECRET}\n\n", "secret")
    assert office.config.keys[0].secret == SECRET.encode()
