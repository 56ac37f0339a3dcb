"""What the log holds: what happened, when, and where in the code; nothing of anyone.

Names get into logs by messages: an address, a value that could not be read, a row that
was refused. So of software that is not ours no message is written, and of no exception;
of a request, the pattern that its address fits.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

OURS = ("cases", "tracker", "config")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class WithoutValues(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")
        lines = [f"{when} {record.levelname} {record.name}: {_what(record)}"]
        if record.exc_info and record.exc_info[1]:
            lines += _frames(record.exc_info[1])
        return "\n".join(lines)


def _what(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] in OURS:
        return record.getMessage()
    request: Any = getattr(record, "request", None)
    status = getattr(record, "status_code", "")
    if hasattr(request, "path_info"):
        return f"{status} {_request(request.method, request.path_info)}"
    if record.name == "django.server" and isinstance(record.args, tuple):
        method, _space, rest = str(record.args[0]).partition(" ")
        return f"{status} {_request(method, rest.partition(' ')[0])}"
    return f"{record.module}, line {record.lineno}"


def _request(method: str, address: str) -> str:
    """Anyone may ask for any address by any method, and so write into the log."""
    try:
        pattern = "/" + resolve(urlsplit(address).path).route
    except (Resolver404, ValueError):
        pattern = "no address of ours"
    return f"{method if method in METHODS else 'another method'} {pattern}"


def _frames(error: BaseException) -> Iterator[str]:
    """What was raised first comes first, as in a traceback."""
    before = error.__cause__ or (
        None if error.__suppress_context__ else error.__context__
    )
    if before:
        yield from _frames(before)
    for frame, line in walk_tb(error.__traceback__):
        yield f"  {frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
    yield " ".join(
        [f"{type(error).__module__}.{type(error).__qualname__}", *_rule(error)]
    )


def _rule(error: BaseException) -> Iterator[str]:
    """The database's code for an error, and the name of the rule that was broken."""
    told = getattr(error, "diag", None)
    yield from filter(
        None,
        (
            getattr(told, name, None)
            for name in ("sqlstate", "table_name", "constraint_name")
        ),
    )


TO_STDERR: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without values": {"()": "config.logs.WithoutValues"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "without values"}
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # These come with handlers of their own: Django's mails tracebacks, and the web
    # server's prints them whole.
    "loggers": {
        name: {"handlers": [], "level": "INFO", "propagate": True}
        for name in ("django", "django.server", "_granian", "granian.access")
    },
}
