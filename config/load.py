"""How much this process works on at once.

More requests than that wait for a moment; still more are told at once to come back,
before anything asks the database. The desk has places of its own: no crowd of readers
shuts it out.
"""

import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse

from tracker.api.problems import problem, problem_or_page
from tracker.site.errors import busy

Handler = Callable[[HttpRequest], HttpResponseBase]

PATIENCE = 1.0  # seconds: how long a request waits for its place
WAITING = 2  # how many may wait, for each place
COME_BACK = 5  # seconds
# In the environment of a request that has waited in vain already.
NO_PLACE = "tracker.no_place"


class Places:
    """`count` requests are worked on at once, and twice as many wait."""

    def __init__(self, count: int) -> None:
        self._at_work = threading.BoundedSemaphore(count)
        self._let_in = threading.BoundedSemaphore(count * (1 + WAITING))

    def take(self, patience: float | None = None) -> bool:
        """PATIENCE, where none is given."""
        if patience is None:
            patience = PATIENCE
        if not self._let_in.acquire(blocking=False):
            return False
        if self._at_work.acquire(timeout=patience):
            return True
        self._let_in.release()
        return False

    def leave(self) -> None:
        self._at_work.release()
        self._let_in.release()


PLACES: dict[str, Places] = {}
"""Those of this process's readers: what answers before Django takes them, too."""


class _Pieces:
    """An answer that is sent piece by piece keeps its place until the end: it reads
    from the database all the time. The server closes it, also if the reader is gone.
    """

    def __init__(self, pieces: Iterator[bytes], leave: Callable[[], None]) -> None:
        self._pieces = pieces
        self._close: Callable[[], None] | None = getattr(pieces, "close", None)
        self._leave: Callable[[], None] | None = leave

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        return next(self._pieces)

    def close(self) -> None:
        if self._close is not None:
            self._close()
        if self._leave is not None:
            leave, self._leave = self._leave, None
            leave()


def shed(get_response: Handler) -> Handler:
    readers = PLACES["readers"] = Places(settings.REQUESTS_AT_ONCE)
    desk = Places(settings.REQUESTS_AT_ONCE)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    refuse = problem_or_page(status, busy)
    if settings.SERVE == "partners":
        refuse = problem(status)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        places = readers
        if request.path_info.startswith(settings.DESK_ADDRESSES):
            places = desk
        if request.META.get(NO_PLACE) or not places.take():
            request.shed = True  # type: ignore[attr-defined]  # for config/logs.py
            refusal = refuse(request)
            refusal["Retry-After"] = str(COME_BACK)
            return refusal
        try:
            response = get_response(request)
        except BaseException:
            places.leave()
            raise
        if isinstance(response, StreamingHttpResponse):
            pieces = cast(Iterator[bytes], response.streaming_content)
            response.streaming_content = _Pieces(pieces, places.leave)
        else:
            places.leave()
        return response

    return middleware
