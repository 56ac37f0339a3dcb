"""The application as it is, with one address more, whose answer breaks off while it is
sent.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from config.wsgi import application as whole


def _breaks_off(secret: str) -> Iterator[bytes]:
    yield b"begun"
    raise ValueError(secret)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if environ["PATH_INFO"] == "/breaks-off":
        start_response("200 OK", [])
        return _breaks_off(environ["QUERY_STRING"])
    return whole(environ, start_response)
