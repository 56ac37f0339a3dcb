"""The pictures that documents of sources name: fetched apart, beside the reading, and
tried again until they are here. Whatever becomes of a picture, what is published and
what is held back goes on coming; its own source waits for a minute (tables.py).
"""

import json
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from tracker.audiences import Audience
from tracker.mirror import Passing

Picture = tuple[str, bytes]  # media type, content
# By the id of a picture, that of the source that names it.
Named = dict[str, str]

PAUSE = 5.0  # seconds until one that did not come is asked for again
# Seconds between two. The tracker counts what an address asks, and what is held back has
# to be read below that limit, too.
PACE = 0.3


def named(documents: Iterable[Mapping[str, Any]]) -> Named:
    found = {}
    for document in documents:
        for picture in document.get("copies") or ():
            found[picture["id"]] = document["id"]
    return found


def not_here(audience: Audience, wanted: Named) -> Named:
    rows = audience.copy_model._default_manager.filter(id__in=list(wanted))
    here = {(str(row_id), str(of)) for row_id, of in rows.values_list("id", "of")}
    lacking = {}
    for picture_id, source_id in wanted.items():
        if (picture_id, source_id) not in here:
            lacking[picture_id] = source_id
    return lacking


def lacking_of(audience: Audience) -> Named:
    """Of all that is stored: reads each source that names a picture."""
    sources = audience.document_model._default_manager.filter(
        kind="source", document__contains='"copies":[{'
    )
    texts = sources.values_list("document", flat=True)
    documents = (json.loads(text) for text in texts.iterator() if text)
    return not_here(audience, named(documents))


class Fetching:
    """One picture at a time, by a thread that touches nothing but the line."""

    def __init__(
        self,
        fetch: Callable[[str], Picture | None],
        store: Callable[[str, Picture], None],
        warn: Callable[[str], object],
    ) -> None:
        self._fetch, self._store, self._warn = fetch, store, warn
        self._thread = ThreadPoolExecutor(1)
        self._under_way: tuple[str, Future[Picture | None]] | None = None
        self._not_before: dict[str, float] = {}
        self._next_at = 0.0

    def go_on(self, lacking: Callable[[], Named], seconds: float) -> None:
        """For so long, whether one comes or not."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self._under_way is None and not self._begin(lacking()):
                time.sleep(min(left, PACE))
                continue
            assert self._under_way is not None
            picture_id, future = self._under_way
            wait([future], left)
            if future.done():
                self._under_way = None
                self._end(picture_id, future)

    def _begin(self, lacking: Named) -> bool:
        """Those that never were asked for go first."""
        now = time.monotonic()
        self._not_before = {
            picture_id: moment
            for picture_id, moment in self._not_before.items()
            if picture_id in lacking
        }
        if not lacking or now < self._next_at:
            return False
        picture_id = min(lacking, key=lambda each: self._not_before.get(each, 0.0))
        if now < self._not_before.get(picture_id, 0.0):
            return False
        self._next_at = now + PACE
        self._under_way = picture_id, self._thread.submit(self._fetch, picture_id)
        return True

    def _end(self, picture_id: str, future: "Future[Picture | None]") -> None:
        pause, trouble = PAUSE, "it is not there"
        try:
            picture = future.result()
            if picture is not None:
                self._store(picture_id, picture)
                return
        except Passing as error:
            pause, trouble = PAUSE + error.seconds, str(error)
        except Exception as error:  # whatever it is, it stops nothing but this picture
            trouble = type(error).__name__
        if picture_id not in self._not_before:
            self._warn(
                f"Picture {picture_id} did not come ({trouble}). Its source waits for"
                " a minute; the picture is asked for again and again."
            )
        self._not_before[picture_id] = time.monotonic() + pause
