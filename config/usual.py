"""What is asked as usual, so that it may be answered before Django (config/ahead.py)."""

import os
from datetime import date
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.middleware.gzip import re_accepts_gzip

from tracker import clock
from tracker.api.throttles import ByAddress

Environ = dict[str, Any]

# Who sends anything else is for Django: a cookie, a key, a range, an origin.
_SENT = {"HTTP_HOST", "HTTP_ACCEPT", "HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH"}
_SENT |= {"HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_ID"}
_SENT |= {"HTTP_USER_AGENT", "HTTP_ACCEPT_LANGUAGE", "HTTP_CONNECTION"}
# What browsers and proxies add by themselves, and nothing of a public answer reads.
_SENT |= {"HTTP_CACHE_CONTROL", "HTTP_PRAGMA", "HTTP_REFERER", "HTTP_PRIORITY"}
_SENT |= {"HTTP_UPGRADE_INSECURE_REQUESTS", "HTTP_DNT", "HTTP_SEC_GPC", "HTTP_TE"}
_SENT |= {"HTTP_SEC_FETCH_SITE", "HTTP_SEC_FETCH_MODE", "HTTP_SEC_FETCH_DEST"}
_SENT |= {"HTTP_SEC_FETCH_USER", "HTTP_SEC_CH_UA", "HTTP_SEC_CH_UA_MOBILE"}
_SENT |= {"HTTP_SEC_CH_UA_PLATFORM"}
_SENT |= {"HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_VIA"}
# The server hands on its own environment, too; nobody sends these.
_KNOWN = _SENT | set(os.environ)
_IN_ADDRESSES = ["wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_HOST"]
_IN_ADDRESSES += ["SERVER_NAME", "SERVER_PORT"]
_SCHEMES = {None, "http", "https"}
_LONGEST = 200  # signs of what is accepted; browsers send 140


class Asked(NamedTuple):
    """`way` is what the words around an answer hang on beside address and `accept`.
    `days` are those of the moment in which it was asked: what Django says of a later one
    is then told for an earlier one, which is over, and never the other way round.
    `caller` is what counting looks at of a request.
    """

    path: str
    query: str
    way: tuple[object, ...]
    days: tuple[date, date]
    accept: str
    tags: str
    caller: Any
    address: ByAddress
    takes_packed: bool


def asked_as_usual(environ: Environ) -> Asked | None:
    if (
        environ["REQUEST_METHOD"] != "GET"
        or environ.get("SCRIPT_NAME")
        or environ.get("CONTENT_LENGTH")
    ):
        return None
    days = clock.today(), clock.last_day_on_earth()
    accept = environ.get("HTTP_ACCEPT", "*/*")
    if len(accept) > _LONGEST:
        return None
    if environ.get("HTTP_X_FORWARDED_PROTO") not in _SCHEMES:
        return None
    for name in environ.keys() - _KNOWN:
        if name.startswith("HTTP_"):
            return None
    sent = {"x-forwarded-for": environ.get("HTTP_X_FORWARDED_FOR")}
    caller: Any = SimpleNamespace(META=environ, headers=sent)
    address = ByAddress()
    is_counted = address.is_counted(caller)
    accepts = re_accepts_gzip.search(environ.get("HTTP_ACCEPT_ENCODING", ""))
    takes_packed = accepts is not None
    way: list[object] = [is_counted, takes_packed]
    way += map(environ.get, _IN_ADDRESSES)
    return Asked(
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
        tuple(way),
        days,
        accept,
        environ.get("HTTP_IF_NONE_MATCH", ""),
        caller,
        address,
        takes_packed,
    )
