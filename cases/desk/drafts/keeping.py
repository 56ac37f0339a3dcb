"""Keeping what somebody typed, for them alone.

The database gives a draft to nobody but its author (migrations/0001_drafts.py). What was
typed is sealed with a key of the desk's process: whoever reads the table, or a copy of
it, reads nothing. Files are not kept.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.http import HttpRequest, QueryDict

from cases.day import now
from cases.desk.drafts.models import LONGEST
from cases.history.calling import ask, call

TOKEN = "draft_token"  # noqa: S105 - a name
PAGE = "draft_page"
TITLE = "draft_title"
DRAFT = "draft"  # in an address: the draft that is gone on with
KEEP = "_draft"  # the button
# Of the request, and not of what was typed.
_NOT_TYPED = {TOKEN, PAGE, TITLE, KEEP, "csrfmiddlewaretoken"}


class TooLong(Exception):
    """Nothing was kept."""


@dataclass(frozen=True)
class Kept:
    """A draft of whoever acts."""

    token: UUID
    page: str
    title: str = field(repr=False)
    kept_at: datetime
    boxes: list[tuple[str, str]] = field(repr=False)

    @property
    def url(self) -> str:
        """Where it is gone on with."""
        parts = urlsplit(self.page)
        asked = [*parse_qsl(parts.query), (DRAFT, str(self.token))]
        return f"{parts.path}?{urlencode(asked)}"

    def data(self) -> QueryDict:
        data = QueryDict(mutable=True)
        for name, value in self.boxes:
            data.appendlist(name, value)
        data[TOKEN] = str(self.token)
        return data


def page_of(request: HttpRequest) -> str:
    """The address of a page, without what goes along from page to page."""
    asked = []
    for name, values in request.GET.lists():
        if name != DRAFT and not name.startswith(("_", "recording")):
            asked += [(name, value) for value in values]
    return f"{request.path}?{urlencode(sorted(asked))}".removesuffix("?")


def keep(
    author: Any,
    token: UUID,
    page: str,
    root_id: UUID | None,
    title: str,
    boxes: Iterable[tuple[str, str]],
) -> None:
    typed = [pair for pair in boxes if pair[0] not in _NOT_TYPED]
    content = {
        "author": author.pk,
        "token": str(token),
        "title": title[:300],
        "boxes": typed,
    }
    sealed = _seal(content)
    if len(sealed) > LONGEST:
        raise TooLong
    call("drafts_keep(%s, %s, %s, %s)", token, page, root_id, sealed)


def mine(author: Any, on: str = "") -> list[Kept]:
    """The newest first, in one query; only those of a page, if it is given. A page that
    one reads has those of its sections.
    """
    drafts = []
    oldest = now() - timedelta(days=settings.DRAFT_DAYS)
    for token, author_id, page, sealed, kept_at in ask("drafts_mine()"):
        if kept_at < oldest:
            continue  # it waits for the night to be deleted
        if on and on not in (page, page.partition("?")[0]):
            continue
        content = opened(sealed)
        is_whole = content.get("token") == str(token)
        if is_whole and content.get("author") == author_id == author.pk:
            boxes = [(name, value) for name, value in content["boxes"]]
            drafts.append(Kept(token, page, content["title"], kept_at, boxes))
    return drafts


def drop(token: UUID) -> None:
    call("drafts_drop(%s)", token)


def opened(sealed: str) -> dict[str, Any]:
    """Empty if another key sealed it."""
    try:
        content = zlib.decompress(_box().decrypt(sealed))
    except InvalidToken:
        return {}
    read: dict[str, Any] = json.loads(content)
    return read


def texts(content: dict[str, Any]) -> Iterator[str]:
    """All that somebody may have typed in it."""
    yield content["title"]
    for _name, value in content["boxes"]:
        yield value


def _seal(content: dict[str, Any]) -> str:
    written = json.dumps(content, ensure_ascii=False).encode()
    return _box().encrypt(zlib.compress(written)).decode()


def _box() -> Fernet:
    key = hashlib.sha256(b"drafts\n" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
