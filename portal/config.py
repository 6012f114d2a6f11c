"""Every setting of the portal, read once from the environment; a wrong one stops the start with one sentence."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from portal.core.errors import SettingError

Environment = Literal["development", "production"]

#: The settings, what each is for, and the default: the README's list is held to this one by a test.
SETTINGS = {
    "PORT": "port to listen on (8000)",
    "PORTAL_BIND": "address to listen on (127.0.0.1)",
    "PORTAL_DATA": "folder of the database and of everything written (var)",
    "PORTAL_DATABASE_URL": "sqlite:///… or postgresql://… (portal.db in PORTAL_DATA)",
    "PORTAL_ENV": "development or production (development)",
    "PORTAL_CLOSED_DAYS": "days for which a closed request is shown, before it is removed (90)",
    "PORTAL_HUB_URL": "WebSub hub that is told of each publication, https://… (none: feeds name no hub)",
    "PORTAL_LIMITS_URL": "redis://… or rediss://…, where several processes count tries together (each counts alone)",
    "PORTAL_METRICS": "address on which Prometheus reads the counts, of this machine or a private network (none)",
    "PORTAL_MOST_MISSES": "lookups of all visitors in an hour that may find nothing, before the lookup closes (1000)",
    "PORTAL_OIDC_CLIENT_ID": "name by which that provider knows the portal (none)",
    "PORTAL_OIDC_ISSUER": "provider of the agency’s accounts, https://…: staff may sign in there (none: only here)",
    "PORTAL_OIDC_SECRET_FILE": "file with the secret that this provider gave to the portal (none)",
    "PORTAL_PROXY_HOPS": "proxies in front whose X-Forwarded-For is believed (0)",
    "PORTAL_PUBLIC_URL": "address of the site as visitors type it, without a final / (http://127.0.0.1:PORT)",
    "PORTAL_PURGE_TOKEN": "secret with which that cache is told (none)",
    "PORTAL_PURGE_URL": "cache in front, a CDN, that is told of each change by surrogate keys, https://… (none)",
    "PORTAL_SECOND_PERSON": "yes: what is hard to take back at the desk waits for a second person (no)",
    "PORTAL_SECRET_FILE": "file with the keys of the references, each id:secret, newest first (secret in PORTAL_DATA)",
}
ISSUER, CLIENT_ID, CLIENT_SECRET_FILE = "PORTAL_OIDC_ISSUER", "PORTAL_OIDC_CLIENT_ID", "PORTAL_OIDC_SECRET_FILE"
METRICS = "PORTAL_METRICS"
PURGE_URL, PURGE_TOKEN = "PORTAL_PURGE_URL", "PORTAL_PURGE_TOKEN"
SHORTEST_SECRET = 32
#: The id of a key that stands alone in its file, without one.
FIRST_KEY = "1"
#: What some editors put before a text; a person who reads the file does not see it.
BOM = "\ufeff"
MOST_HOPS = 5
MOST_CLOSED_DAYS = 3_650
MOST_DIGITS = 7
LARGEST_PORT = 65_535
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?", re.ASCII)
_SERVICE_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?", re.ASCII)
_REDIS_URL = re.compile(r"rediss?://[^\s]+", re.ASCII)
_LISTENER = re.compile(r"(?:\[([0-9A-Fa-f:]+)\]|([0-9.]+)):([0-9]{1,5})", re.ASCII)
#: What a header takes as it is (RFC 9110 §5.5), without blanks.
_TOKEN = re.compile(r"[!-~]*", re.ASCII)
_KEY = re.compile(r"([a-z0-9][a-z0-9-]{0,19}):\s*(.*)", re.ASCII)
_POSTGRES = re.compile(r"^postgres(ql)?(\+psycopg)?://")


@dataclass(frozen=True, slots=True)
class Key:
    """A secret under which references are hashed; `id` is kept beside each hash, so that a newer key can follow it."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Provider:
    """Who keeps the accounts of the agency (OpenID Connect), and what the portal is to them."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PurgeHook:
    """Where a cache in front of the portal is told what changed, and the secret that lets us; an empty one is none."""

    url: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one process."""

    environment: Environment
    data: Path
    database_url: str
    public_url: str
    hub_url: str | None
    purge_hook: PurgeHook | None
    provider: Provider | None
    bind: str
    port: int
    proxy_hops: int
    secret_file: Path
    limits_url: str = field(repr=False)  # it may hold a password
    metrics: tuple[str, int] | None  # where the counts are read: an address and a port
    most_misses: int
    closed_days: int
    has_second_person: bool

    @property
    def is_production(self) -> bool:
        """Say whether visitors are real: no demonstration content, no debug, HTTPS stated in the headers."""
        return self.environment == "production"

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """Host names a request may ask for; while developing, those of this machine too."""
        public = urlsplit(self.public_url).hostname or ""
        return (public,) if self.is_production else (public, "127.0.0.1", "localhost")

    @property
    def keys(self) -> tuple[Key, ...]:
        """The keys of the references, the one for new hashes first. Raises SettingError for a file that holds none."""
        try:
            text = self.secret_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise SettingError("PORTAL_SECRET_FILE", f"names no readable file: {self.secret_file}") from None
        return _keys(text)


def _keys(text: str) -> tuple[Key, ...]:
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if len(lines) == 1 and ":" not in text and not text.startswith(BOM):  # one secret, as the first release took it
        keys = [Key(FIRST_KEY, lines[0][1].encode())]
    else:
        keys = [_key(number, line) for number, line in lines]
    for place, (number, _line) in enumerate(lines):
        if keys[place].id in [key.id for key in keys[:place]]:
            raise SettingError(
                "PORTAL_SECRET_FILE", f"must give each key an id of its own; line {number} has another’s"
            )
    if not keys or any(len(key.secret) < SHORTEST_SECRET for key in keys):
        raise SettingError("PORTAL_SECRET_FILE", f"must hold at least {SHORTEST_SECRET} characters")
    return tuple(keys)


def _key(number: int, line: str) -> Key:
    # Never the line itself. A line taken for less than a key would leave its references without one, in silence.
    if line.startswith(BOM):
        raise SettingError("PORTAL_SECRET_FILE", "must not begin with a byte order mark; save it as UTF-8 without BOM")
    match = _KEY.fullmatch(line)
    if not match:
        shape = "an id of 1 to 20 lower-case letters, figures and hyphens, a colon, the secret"
        raise SettingError("PORTAL_SECRET_FILE", f"must hold one key a line: {shape}; line {number} is none")
    return Key(match[1], match[2].encode())


def from_environment(environ: Mapping[str, str] = os.environ) -> Config:
    """Return the settings of this process. Raises SettingError, naming the setting and saying why."""
    environment = environ.get("PORTAL_ENV", "development")
    if environment not in ("development", "production"):
        raise SettingError("PORTAL_ENV", f"must be development or production, not “{environment}”")
    if environment == "production":
        _check_production(environ)
    port = _number(environ, "PORT", 8000, range(1, 65536))
    data = Path(environ.get("PORTAL_DATA") or "var").absolute()
    if data.exists() and not data.is_dir():
        raise SettingError("PORTAL_DATA", f"must be a folder; {data} is a file")
    return Config(
        environment="production" if environment == "production" else "development",
        data=data,
        database_url=_database_url(environ.get("PORTAL_DATABASE_URL") or f"sqlite:///{quote(str(data / 'portal.db'))}"),
        public_url=_public_url(environ.get("PORTAL_PUBLIC_URL") or f"http://127.0.0.1:{port}"),
        hub_url=_service_url(environ, "PORTAL_HUB_URL", "https://hub.example.org/"),
        purge_hook=_purge_hook(environ),
        provider=_provider(environ),
        bind=environ.get("PORTAL_BIND") or "127.0.0.1",
        port=port,
        proxy_hops=_number(environ, "PORTAL_PROXY_HOPS", 0, range(MOST_HOPS + 1)),
        secret_file=Path(environ.get("PORTAL_SECRET_FILE") or data / "secret").absolute(),
        limits_url=_limits_url(environ.get("PORTAL_LIMITS_URL") or ""),
        metrics=_metrics(environ.get(METRICS) or "", port),
        most_misses=_number(environ, "PORTAL_MOST_MISSES", 1_000, range(10, 1_000_001)),
        closed_days=_number(environ, "PORTAL_CLOSED_DAYS", 90, range(1, MOST_CLOSED_DAYS + 1)),
        has_second_person=_yes(environ, "PORTAL_SECOND_PERSON"),
    )


def _check_production(environ: Mapping[str, str]) -> None:
    for setting in ("PORTAL_PUBLIC_URL", "PORTAL_SECRET_FILE"):
        if not environ.get(setting):
            raise SettingError(setting, "must be set when PORTAL_ENV is production")
    if environ.get("FLASK_DEBUG", "0") not in ("", "0", "false"):
        raise SettingError("FLASK_DEBUG", "must not be set when PORTAL_ENV is production")


def _number(environ: Mapping[str, str], setting: str, default: int, allowed: range) -> int:
    text = environ.get(setting) or str(default)
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS and int(text) in allowed):
        raise SettingError(setting, f"must be a whole number from {allowed[0]} to {allowed[-1]}, not “{text[:40]}”")
    return int(text)


def _yes(environ: Mapping[str, str], setting: str) -> bool:
    text = environ.get(setting) or "no"
    if text not in ("yes", "no"):
        raise SettingError(setting, f"must be yes or no, not “{text[:40]}”")
    return text == "yes"


def _public_url(text: str) -> str:
    if not _PUBLIC_URL.fullmatch(text):
        raise SettingError("PORTAL_PUBLIC_URL", f"must look like https://portal.example.org, not “{text[:80]}”")
    # As a browser writes its Origin: lower case, no default port.
    scheme, _, host = text.lower().partition("://")
    return f"{scheme}://{host.removesuffix(':443' if scheme == 'https' else ':80')}"


def _service_url(environ: Mapping[str, str], setting: str, example: str) -> str | None:
    text = environ.get(setting) or ""
    found = _SERVICE_URL.fullmatch(text)
    if text and not (found and int((found[1] or ":0")[1:]) <= LARGEST_PORT):
        raise SettingError(setting, f"must look like {example}, not “{text[:80]}”")
    return text or None


def _check_https(environ: Mapping[str, str], setting: str, url: str) -> None:
    if environ.get("PORTAL_ENV") == "production" and not url.startswith("https:"):
        raise SettingError(setting, "must begin with https:// when PORTAL_ENV is production")


def _purge_hook(environ: Mapping[str, str]) -> PurgeHook | None:
    url, token = _service_url(environ, PURGE_URL, "https://cache.example.org/purge"), environ.get(PURGE_TOKEN) or ""
    if url is None:
        if token:
            raise SettingError(PURGE_TOKEN, f"must be set with {PURGE_URL}, or not at all")
        return None
    _check_https(environ, PURGE_URL, url)
    if not _TOKEN.fullmatch(token):  # never the token itself
        raise SettingError(PURGE_TOKEN, "must hold ASCII letters, figures and signs alone, without a blank")
    return PurgeHook(url, token)


def _provider(environ: Mapping[str, str]) -> Provider | None:
    issuer = _service_url(environ, ISSUER, "https://accounts.example.org")
    others = {setting: environ.get(setting) or "" for setting in (CLIENT_ID, CLIENT_SECRET_FILE)}
    if issuer is None:
        for setting in filter(others.get, others):
            raise SettingError(setting, f"must be set with {ISSUER}, or not at all")
        return None
    if find_spec("authlib") is None:
        raise SettingError(ISSUER, "needs authlib: install portal[oidc]")
    for setting, text in others.items():
        if not text:
            raise SettingError(setting, f"must be set when {ISSUER} is")
    _check_https(environ, ISSUER, issuer)
    return Provider(issuer, others[CLIENT_ID], _client_secret(Path(others[CLIENT_SECRET_FILE])))


def _client_secret(path: Path) -> str:
    try:
        secret = path.read_text("utf-8").removeprefix(BOM).strip()
    except (OSError, UnicodeDecodeError):
        raise SettingError(CLIENT_SECRET_FILE, f"names no readable file: {path.absolute()}") from None
    if not secret or not secret.isprintable():  # never the secret itself
        raise SettingError(CLIENT_SECRET_FILE, "must hold the secret on one line, and nothing else")
    return secret


def _metrics(text: str, site_port: int) -> tuple[str, int] | None:
    if not text:
        return None
    found = _LISTENER.fullmatch(text)
    try:
        address, port = ip_address(found[1] or found[2] if found else ""), int(found[3] if found else "")
    except ValueError:
        address, port = None, 0
    if address is None or not 0 < port <= LARGEST_PORT:
        raise SettingError(METRICS, f"must look like 127.0.0.1:9464 or [::1]:9464, not “{text[:80]}”")
    if port == site_port:
        raise SettingError(METRICS, f"must have a port of its own; {port} is PORT")
    # Numbers alone, and of nobody; but how much is asked for, and when one is being attacked, is nobody's business.
    really = getattr(address, "ipv4_mapped", None) or address
    if really.is_global or really.is_unspecified or really.is_multicast:
        raise SettingError(METRICS, f"must be an address of this machine or of a private network, not {address}")
    if find_spec("prometheus_client") is None:
        raise SettingError(METRICS, "needs prometheus-client: install portal[metrics]")
    return str(address), port


def _limits_url(text: str) -> str:
    if not text:
        return "tries://"
    if not _REDIS_URL.fullmatch(text):
        # Never the value itself: it may hold a password.
        raise SettingError("PORTAL_LIMITS_URL", "must begin with redis:// or rediss://")
    if find_spec("redis") is None:
        raise SettingError("PORTAL_LIMITS_URL", "needs redis: install portal[redis]")
    _check_port("PORTAL_LIMITS_URL", text)
    return text


def _database_url(text: str) -> str:
    if _POSTGRES.match(text):
        return _postgres_url(_POSTGRES.sub("postgresql+psycopg://", text))
    if text.startswith("sqlite:///") and text != "sqlite:///":
        # Absolute, so that the door's bare driver and SQLAlchemy open the same file.
        path = Path(unquote(text.removeprefix("sqlite:///"))).absolute()
        return f"sqlite:///{quote(str(path))}"
    # Never the value itself: it may hold a password.
    raise SettingError("PORTAL_DATABASE_URL", "must begin with sqlite:/// or postgresql://")


def _postgres_url(text: str) -> str:
    if find_spec("psycopg") is None:
        raise SettingError("PORTAL_DATABASE_URL", "needs psycopg: install portal[postgres]")
    _check_port("PORTAL_DATABASE_URL", text)
    return text


def _check_port(setting: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        if parts.port is None and ":" in parts.netloc.rpartition("@")[2].rpartition("]")[2]:
            raise ValueError
    except ValueError:
        raise SettingError(setting, "must name a port by a number, or none") from None
