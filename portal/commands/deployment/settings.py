"""What is wrong with the settings of a deployment: a port that is taken, which stops its start, and all beyond."""

import socket
import stat
from collections.abc import Iterator, Mapping

from portal.config import Config
from portal.core.errors import SettingError

#: A secret of fewer different symbols was typed, not drawn: 32 figures in base 16 have ten with near certainty.
FEWEST_SYMBOLS = 8
WORKERS = "GRANIAN_WORKERS"
MOST_WORKERS = 256


def workers(environ: Mapping[str, str]) -> int | None:
    """Return how many workers granian is told to start, or None where that is no number that it would take."""
    text = environ.get(WORKERS) or "1"
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_WORKERS))
    return int(text) if is_number and 1 <= int(text) <= MOST_WORKERS else None


def faults(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    """Say what is wrong with settings that each are right by themselves."""
    if not config.is_production:
        yield "PORTAL_ENV is not production: the portal takes demonstration content, and does not insist on HTTPS."
    if not config.public_url.startswith("https://"):
        yield f"PORTAL_PUBLIC_URL is {config.public_url}: without https:// anyone on the way reads what visitors type."
    if not config.proxy_hops:
        yield "PORTAL_PROXY_HOPS is 0: behind the front that speaks HTTPS, all visitors share the limits of one; set 1."
    if config.hub_url and not config.hub_url.startswith("https://"):
        yield "PORTAL_HUB_URL does not begin with https://: anyone on the way can stop the news of a publication."
    number = workers(environ)
    if number is None:
        yield f"{WORKERS} must be a whole number from 1 to {MOST_WORKERS}."
    elif number > 1 and not config.limits_url.startswith("redis"):
        yield (
            f"{WORKERS} is {number} and PORTAL_LIMITS_URL is not set: each worker counts alone, so that {number} times "
            "the tries pass; name a Redis."
        )
    yield from _faults_of_sharing(config)


def _faults_of_sharing(config: Config) -> Iterator[str]:
    is_of_a_server = config.database_url.startswith("postgresql")
    if not is_of_a_server and config.bind not in ("127.0.0.1", "::1", "localhost"):
        yield (
            f"PORTAL_BIND is {config.bind}, so that strangers may pass by the front, and the database is a file, which "
            "serves one machine: bind 127.0.0.1, or use PostgreSQL for several machines."
        )


def faults_of_keys(config: Config) -> Iterator[str]:
    """Say what is wrong with the keys of the references, and never what they are."""
    try:
        keys = config.keys
    except SettingError as error:
        yield f"{error}."
        return
    for key in keys:
        if len(set(key.secret)) < FEWEST_SYMBOLS:
            yield f"The key “{key.id}” of PORTAL_SECRET_FILE is easy to guess; draw one with `openssl rand -hex 32`."
    if config.secret_file.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
        yield f"{config.secret_file} can be read or changed by others: chmod 640."


def check_ports(config: Config) -> None:
    """Refuse a port that is taken. Raises SettingError."""
    _check_free("PORT", config.bind, config.port, f"{config.port} at PORTAL_BIND {config.bind}")
    if config.metrics:
        host, port = config.metrics
        _check_free("PORTAL_METRICS", host, port, f"{host}, port {port},")


def _check_free(setting: str, host: str, port: int, where: str) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SettingError(setting, f"{where} cannot be listened on: {error.strerror or error}") from None
