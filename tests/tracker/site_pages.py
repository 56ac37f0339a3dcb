"""What the tests of the public pages share."""

import re
import uuid
from html.parser import HTMLParser
from typing import Any

from tests import published
from tracker.audiences import PUBLIC


def publish(kind: str, **content: Any) -> Any:
    """A document for anyone to see. Dates are EDTF text."""
    return published.publish(PUBLIC, kind, content)


def bury(kind: str, merged_into: str | None = None) -> str:
    """The id of what was published and no longer is."""
    titled = {"title": "What was here"} if kind in {"source", "release_event"} else {}
    id = publish(kind, **titled)["id"]
    published.withdraw(PUBLIC, id, merged_into)
    return id


def citation(
    record: Any, kind: str, field: str | None, source: Any, **more: Any
) -> dict[str, Any]:
    """For the `citations` of a document. It states the fact as published, unless told
    otherwise.
    """
    return {
        "record": {"kind": kind, "id": record["id"]},
        "field": field,
        "source": source and source["id"],
        "hedge": "stated",
        "agreement": "supports",
        **more,
    }


def new_id() -> str:
    return str(uuid.uuid4())


def text(html: str) -> str:
    """What a reader sees: without tags, and each run of space as one."""
    return (
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
        .replace(" ]", "]")
        .replace("[ source ", "[")
    )


class Outline(HTMLParser):
    """What a page is made of: `faults` in how it nests, `ids`, and `headings` by their
    level.
    """

    VOID = frozenset(("meta", "link", "input", "img", "br", "hr", "line", "rect"))
    # What holds no more than words.
    PHRASES = frozenset(("p", "span", "strong", "em", "a", "q", "summary", "dt"))
    BLOCKS = frozenset(("p", "div", "ul", "ol", "dl", "details", "section", "h2", "h3"))

    def __init__(self, html: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.headings: list[int] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag in self.BLOCKS and self.PHRASES.intersection(self._open):
            self.faults.append(f"{tag} in {self._open}")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if self._open.pop() != tag:
            self.faults.append(f"</{tag}> after {self._open}")
