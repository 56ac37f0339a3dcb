"""What the tests of the public pages share."""

import re
import uuid
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
