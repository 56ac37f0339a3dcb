"""Whole answers to anyone, and to partners, kept until something else is published.

What is kept follows from the address, the audience, the day, and all that was published
(tracker/kept.py). Keys and limits are looked at before. Kept is only what is asked by
GET or HEAD without a cookie: no search for a name, and nothing but what was found.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from sys import getsizeof
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from tracker import clock
from tracker.audiences import PUBLIC, Audience
from tracker.kept import Kept
from tracker.proxies import SEARCHES

# In the environment of a request whose answer follows from its address and its day, and
# from what stands here, and from nothing else. config/kept_ahead.py tells it again.
FOLLOWS_FROM = "tracker.follows_from"
# Each way to write an address has an answer of its own. What is longer is asked by nobody
# twice, and would take the room of others.
LONGEST = 1000
_OF_AN_ENTRY = 1000  # bytes: the objects that hold it together


class Question(NamedTuple):
    scheme: str
    host: str
    path: str
    query: str
    today: date
    last_day_on_earth: date


@dataclass(frozen=True)
class Told:
    """What is kept of an answer."""

    body: bytes
    headers: tuple[tuple[str, str], ...]
    status: str = "200 OK"

    def again(self) -> HttpResponse:
        response = HttpResponse(self.body)
        del response.headers["Content-Type"]
        for name, value in self.headers:
            response.headers[name] = value
        return response


def _size(question: tuple[object, ...], told: Told | None) -> int:
    """In bytes. None: it is not kept."""
    if told is None:
        return 0
    texts = [part for part in question if isinstance(part, str)]
    for header in told.headers:
        texts += header
    return len(told.body) + sum(map(getsizeof, texts)) + _OF_AN_ENTRY


KEPT: Kept[Told | None] = Kept(settings.KEPT_BYTES, _size)


def answer(
    request: HttpRequest, audience: Audience, make: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """As `make` gives it now, or gave it before; what it raises is raised. `make` looks
    at nothing of the request but its address, and at what its caller already holds.
    """
    if not may_be_kept(request):
        return make()
    made: list[HttpResponseBase] = []

    def compute() -> Told | None:
        response = make()
        made.append(response)
        return _told(response)

    entry = KEPT.entry(audience, question(request), compute)
    told = entry.answer
    if told is not None and audience is PUBLIC:
        request.META[FOLLOWS_FROM] = entry.standing
    if made or told is None:
        # Another one waited for this, and it is not kept.
        return made[0] if made else make()
    return told.again()


def is_kept(request: HttpRequest, audience: Audience) -> bool:
    return may_be_kept(request) and KEPT.holds(audience, question(request))


def may_be_kept(request: HttpRequest) -> bool:
    return (
        KEPT.most > 0
        and request.method in ("GET", "HEAD")
        and not request.META.get("HTTP_COOKIE")
        and len(request.get_full_path()) <= LONGEST
        and SEARCHES.isdisjoint(request.GET)
    )


def question(request: HttpRequest) -> Question:
    """Answers repeat their own address, in which a host and a query may be written in
    several ways. The last day on earth is told beside the day of the servers.
    """
    return Question(
        str(request.scheme),
        request.get_host(),
        request.path,
        request.META.get("QUERY_STRING", ""),
        clock.today(),
        clock.last_day_on_earth(),
    )


def _told(response: HttpResponseBase) -> Told | None:
    if (
        not isinstance(response, HttpResponse)
        or response.status_code != HTTPStatus.OK
        or response.cookies
    ):
        return None
    return Told(response.content, tuple(response.headers.items()))
