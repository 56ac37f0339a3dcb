"""What Django says around a document, learned from its answers."""

from collections.abc import Sequence
from typing import NamedTuple

Headers = Sequence[tuple[str, str]]

# Of one reader, or of one moment.
OF_ONE = {"Set-Cookie", "RateLimit", "Retry-After"}
_MOST = 200  # ways of asking; hosts can be written in many


class Around(NamedTuple):
    """The headers. Those `of_the_document` have its id or its tag in them."""

    of_all: Headers
    of_the_document: Headers

    @property
    def is_packed(self) -> bool:
        return ("Content-Encoding", "gzip") in self.of_all

    def headers(self, row_id: str, tag: str) -> list[tuple[str, str]]:
        headers = [*self.of_all]
        for name, form in self.of_the_document:
            headers.append((name, form.format(id=row_id, tag=tag)))
        return headers


def around(headers: Headers, row_id: str, tag: str) -> Around | None:
    """None where they say what cannot be said of another document."""
    of_all, of_the_document = [], []
    for name, value in headers:
        if name in OF_ONE:
            return None
        if name == "Content-Length" and value != "0":
            continue
        if row_id not in value and tag not in value:
            of_all.append((name, value))
            continue
        form = value.replace("{", "{{").replace("}", "}}")
        form = form.replace(row_id, "{id}").replace(tag, "{tag}")
        of_the_document.append((name, form))
    if "ETag" not in dict(of_the_document):
        return None
    return Around(of_all, of_the_document)


class Said:
    """It holds as soon as it was said of two documents in the same words."""

    def __init__(self) -> None:
        self._once: dict[object, tuple[str, Around]] = {}
        self._twice: dict[object, Around] = {}

    def of(self, way: object) -> Around | None:
        return self._twice.get(way)

    def learn(self, way: object, row_id: str, words: Around) -> None:
        first_id, first_words = self._once.get(way, (row_id, words))
        if first_id != row_id and first_words == words:
            self._twice[way] = words
            return
        if len(self._once) >= _MOST:
            oldest = next(iter(self._once))
            del self._once[oldest]
            self._twice.pop(oldest, None)
        self._once[way] = row_id, words
