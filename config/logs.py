"""The log says what happened, when, and where in the code. It names nobody.

Names get into logs by messages: an address, a value that could not be read, a row that
was refused. So the log holds no message of an exception, and none of software that is
not ours. Of a request it holds the pattern that the address fits, and the id that its
answer has.
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from traceback import walk_tb
from typing import Any
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from config import request_ids

OURS = ("cases", "tracker", "config")
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class WithoutValues(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        told = _told(record)
        of_request = f" (request {told['request']})" if told["request"] else ""
        head = (
            f"{told['at']} {told['level']} {told['logger']}: {told['what']}{of_request}"
        )
        return "\n".join([head, *told["error"]])


class AsJson(logging.Formatter):
    """The same, a line each, for programs."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_told(record), ensure_ascii=False)


def _told(record: logging.LogRecord) -> dict[str, Any]:
    when = datetime.fromtimestamp(record.created, UTC)
    error = record.exc_info[1] if record.exc_info else None
    return {
        "at": when.isoformat(timespec="seconds"),
        "level": record.levelname,
        "logger": record.name,
        "what": _what(record),
        "request": request_ids.current.get() or "",
        "error": list(_frames(error)) if error else [],
    }


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
    """Anyone can ask for any address by any method: the log holds neither as given."""
    if method not in METHODS:
        method = "another method"
    try:
        pattern = "/" + resolve(urlsplit(address).path).route
    except (Resolver404, ValueError):
        pattern = "no address of ours"
    return f"{method} {pattern}"


def _frames(error: BaseException) -> Iterator[str]:
    """What was raised first comes first, as in a traceback."""
    earlier = error.__cause__
    if earlier is None and not error.__suppress_context__:
        earlier = error.__context__
    if earlier:
        yield from _frames(earlier)
    for frame, line in walk_tb(error.__traceback__):
        yield f"  {frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    yield " ".join([name, *_rule(error)])


def _rule(error: BaseException) -> Iterator[str]:
    """The database's code for an error, and the name of the rule that was broken."""
    diagnostics = getattr(error, "diag", None)
    for name in ("sqlstate", "table_name", "constraint_name"):
        value = getattr(diagnostics, name, None)
        if value:
            yield value


class RefusalsOnceAMinute(logging.Filter):
    """Of the requests that a busy process refuses (config/load.py), one line a minute is
    enough. A line for each would keep it busier still.
    """

    def __init__(self) -> None:
        super().__init__()
        self._next = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        if not getattr(getattr(record, "request", None), "shed", False):
            return True
        if record.created < self._next:
            return False
        self._next = record.created + 60
        return True


FORMATTERS: dict[str, type[logging.Formatter]] = {"text": WithoutValues, "json": AsJson}


def to_stderr(form: str) -> dict[str, Any]:
    """`form` is one of FORMATTERS."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"without values": {"()": FORMATTERS[form]}},
        "filters": {"refusals": {"()": RefusalsOnceAMinute}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "without values"}
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        # These come with handlers of their own. Django's handler mails tracebacks, and
        # the web server's handler prints them whole.
        "loggers": {
            name: {"handlers": [], "level": "INFO", "propagate": True}
            for name in ("django", "django.server", "_granian", "granian.access")
        }
        | {"django.request": {"filters": ["refusals"]}},
    }
