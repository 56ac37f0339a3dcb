"""Both ways to one answer: by Django, and by what answers before it (config/ahead.py)."""

import gzip
from collections.abc import Iterable
from typing import Any

from django.test import RequestFactory
from django.test.client import ClientHandler

from config.ahead import Ahead

Answer = tuple[int, dict[str, str], bytes]
# Each answer has one of its own; how much one may still ask goes down.
OF_ITS_OWN = {"X-Request-ID", "RateLimit"}


class BothWays:
    """Which addresses Django was asked: `asked`. What it says is known when `another`
    document of that kind was asked for in the same way.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self._handler = ClientHandler(enforce_csrf_checks=True)
        self.front = Ahead(self.django)

    def django(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        self.asked.append(environ["PATH_INFO"])
        response: Any = self._handler(environ)
        start_response(
            f"{response.status_code} {response.reason_phrase}", [*response.items()]
        )
        return [response.getvalue()]

    def ask(
        self, address: str, method: str = "GET", *, another: str = "", **how: Any
    ) -> tuple[Answer, bool]:
        """The answer, and whether Django was asked for it when the front had heard it of
        two documents. Fails if the answers of the two differ.
        """

        def answer(way: Any) -> Answer:
            return answer_of(way, environ_of(address, method, **how))

        by_django = answer(self.django)
        if another:
            answer_of(self.front, environ_of(another, method, **how))
        assert compared(answer(self.front)) == compared(by_django)
        count = len(self.asked)
        in_the_end = answer(self.front)
        assert compared(in_the_end) == compared(by_django)
        return in_the_end, len(self.asked) > count


def environ_of(address: str, method: str = "GET", **how: Any) -> Any:
    """As a server gives it: without a cookie that is empty."""
    environ: Any = RequestFactory().generic(method, address, **how).environ
    if not environ["HTTP_COOKIE"]:
        del environ["HTTP_COOKIE"]
    return environ


def answer_of(way: Any, environ: Any) -> Answer:
    told: list[Any] = []
    body = b"".join(way(environ, lambda *started: told.extend(started)))
    status, headers = told[:2]
    assert len(dict(headers)) == len(headers)
    return int(status[:3]), dict(headers), body


def compared(answer: Answer) -> Answer:
    status, headers, body = answer
    assert "X-Request-ID" in headers
    told = {name: value for name, value in headers.items() if name not in OF_ITS_OWN}
    # A compressed answer has some random bytes at its beginning.
    if headers.get("Content-Encoding") == "gzip":
        assert int(told.pop("Content-Length", len(body))) == len(body)
        body = gzip.decompress(body)
    return status, told, body
