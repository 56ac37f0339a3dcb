"""Reads settings from the environment. One sentence names a value that is refused."""

import os
import re
import secrets
from pathlib import Path
from select import POLLIN, poll
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dj_database_url
import psycopg
from django.core.exceptions import ImproperlyConfigured

_asked_for: set[str] = set()


def names_set() -> list[str]:
    """The settings that stand in the environment: which, and not what."""
    return sorted(name for name in _asked_for if os.environ.get(name, "").strip())


def text(name: str, default: str = "") -> str:
    _asked_for.add(name)
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """on/off, yes/no, true/false or 1/0."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} must be on or off, not “{value}”.")


def number(
    name: str, default: int, *, minimum: int = 0, maximum: int | None = None
) -> int:
    value = text(name)
    if not value:
        return default
    allowed = f"of at least {minimum}"
    if maximum is not None:
        allowed = f"from {minimum} to {maximum}"
    is_number = value.isascii() and value.isdecimal()
    if (
        not is_number
        or int(value) < minimum
        or (maximum is not None and int(value) > maximum)
    ):
        raise ImproperlyConfigured(
            f"{name} must be a whole number {allowed}, not “{value}”."
        )
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas or spaces."""
    return text(name, default).replace(",", " ").split()


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    value = text(name, default)
    if value not in allowed:
        raise ImproperlyConfigured(
            f"{name} must be {' or '.join(allowed)}, not “{value}”."
        )
    return value


def time_zone(name: str, default: str) -> str:
    """As the IANA calls it, such as Europe/Vilnius."""
    value = text(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ImproperlyConfigured(
            f"{name} must be a time zone, such as Europe/Vilnius, not “{value}”."
        ) from None
    return value


def onion(name: str) -> str:
    """The address of an onion service, such as http://….onion, without a slash at the end."""
    value = text(name).rstrip("/")
    if value and not re.fullmatch(r"https?://[a-z2-7]{56}\.onion", value):
        raise ImproperlyConfigured(
            f"{name} must be the address of an onion service, http:// and 56 letters"
            f" and digits and .onion, not “{value}”."
        )
    return value


def header(name: str) -> str:
    """The name of a request header as Django's `request.META` spells it.

    Empty if the variable is not set.
    """
    value = text(name)
    if not value:
        return ""
    if not re.fullmatch(r"[A-Za-z]+(-[A-Za-z]+)*", value):
        raise ImproperlyConfigured(
            f"{name} must be the name of a header, such as X-Forwarded-Proto,"
            f" not “{value}”."
        )
    return f"HTTP_{value.upper().replace('-', '_')}"


def database(name: str, url: str) -> dict[str, Any]:
    """Django's settings for an address.

    The error does not repeat the address, because that may hold a password.
    """
    try:
        config: dict[str, Any] = {
            **dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)
        }
    except ValueError:
        config = {}
    if config.get("ENGINE") != "django.db.backends.postgresql" or not (
        config["USER"] and config["NAME"]
    ):
        raise ImproperlyConfigured(
            f"{name} must be an address such as postgres://login:password@host/name."
        )
    return config


class Watched(psycopg.Connection[Any]):
    """The pool tries a connection by an empty statement before it hands it out. But a
    server says so when it ends a connection: as long as it says nothing, the connection
    is good, and that takes no round trip, a third of a short answer.
    """

    def execute(self, query: Any, *args: Any, **kwargs: Any) -> Any:
        if query == "" and not self._was_told_anything():
            return self.cursor()
        return super().execute(query, *args, **kwargs)

    def _was_told_anything(self) -> bool:
        socket = poll()
        socket.register(self, POLLIN)
        return bool(socket.poll(0))


def pool(database: dict[str, Any], most: int) -> None:
    """Have all threads of this process share `most` connections, which are opened when
    they are needed.

    Who waits too long for one is told to come back. A connection that the server has
    ended is not used, and opened anew soon after a server has come back.
    """
    database["CONN_MAX_AGE"] = 0  # the pool keeps them
    database["OPTIONS"] = {
        **database.get("OPTIONS", {}),
        "pool": {
            "min_size": 0,
            "max_size": most,
            "timeout": 2,
            "max_idle": 60,
            "reconnect_timeout": 5,
            "connection_class": Watched,
        },
    }


def read_only(options: dict[str, Any]) -> dict[str, Any]:
    """The options of a database whose transactions only read."""
    return _with(options, "-c default_transaction_read_only=on")


def at_most(seconds: int, options: dict[str, Any]) -> dict[str, Any]:
    """The options of a database in which nothing takes longer."""
    words = [
        f"-c statement_timeout={seconds}s",
        f"-c idle_in_transaction_session_timeout={seconds}s",
    ]
    return _with(options, *words)


def _with(options: dict[str, Any], *words: str) -> dict[str, Any]:
    given = options.get("options", "")
    return {**options, "options": " ".join([given, *words]).strip()}


def kept_secret(path: Path) -> str:
    """A secret that is made once and kept in a file that only its owner reads.

    Of two processes that make it at once, one wins, and both read its secret.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()
