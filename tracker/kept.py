"""Answers that follow from what is published, kept until something else is.

An answer is kept under the moment that it was computed of: the audience, the numbers of
its feed, what is held back, how often facts were computed anew, and the language. It is
told again only while all of these stand as they did. Nothing else changes what an
audience may read (docs/decisions/statistics.md).
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from django.utils.translation import get_language

from tracker import feed
from tracker.audiences import Audience
from tracker.database import one_moment

Answer = TypeVar("Answer")


class Kept(Generic[Answer]):
    """At most so many answers in this process; those that nobody asked for longest go."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = Lock()

    def answer(
        self, audience: Audience, question: Hashable, compute: Callable[[], Answer]
    ) -> Answer:
        """`question` holds whatever else the answer hangs on, such as the day."""
        key = _key(audience, question)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        # Something may have been published since: the key is that of what is read now.
        with one_moment(audience.name):
            key = _key(audience, question)
            answer = compute()
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > self.most:
                self._answers.popitem(last=False)
        return answer

    def forget(self) -> None:
        with self._lock:
            self._answers.clear()


def _key(audience: Audience, question: Hashable) -> Hashable:
    return audience.name, *feed.counter(audience), get_language(), question
