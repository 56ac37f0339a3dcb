"""Answers that follow from what is published, kept until something else is.

An answer is kept under the moment that it was computed of: the audience, all that its
counter says (tracker/feed.py) and the language. It is told again only while all of these
stand as they did, and that is asked each time. Nothing else changes what an audience may
read (docs/decisions/caching.md). Everything is in the memory of this process.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from django.utils.translation import get_language

from tracker import feed
from tracker.audiences import Audience
from tracker.database import one_moment

PATIENCE = 10.0  # seconds: how long one waits for what another one computes

Answer = TypeVar("Answer")
Key = tuple[str, str | None, Hashable]  # audience, language, question


def _one(_question: object, _answer: object) -> int:
    return 1


@dataclass(frozen=True)
class Entry(Generic[Answer]):
    """What holds while all is published as `standing` says."""

    standing: feed.Counter
    answer: Answer
    size: int


class Kept(Generic[Answer]):
    """Answers whose sizes, each with that of its question, add up to `most` at most;
    those that nobody asked for longest go. Without a `size` each counts as one. What has
    the size 0 is not kept.
    """

    everywhere: "WeakSet[Kept[Any]]" = WeakSet()

    def __init__(self, most: int, size: Callable[[Any, Answer], int] = _one) -> None:
        self.most = most
        self._size = size
        self._entries: OrderedDict[Key, Entry[Answer]] = OrderedDict()
        self._all_sizes = 0
        self._at_work: dict[Key, Event] = {}
        self._lock = Lock()
        self.everywhere.add(self)

    def answer(
        self, audience: Audience, question: Hashable, compute: Callable[[], Answer]
    ) -> Answer:
        """`question` holds whatever else the answer hangs on, such as the day."""
        return self.entry(audience, question, compute).answer

    def entry(
        self, audience: Audience, question: Hashable, compute: Callable[[], Answer]
    ) -> Entry[Answer]:
        key = (audience.name, get_language(), question)
        entry = self._entry(key, feed.counter(audience))
        if entry is not None:
            return entry
        another = self._at_work_or_begun(key)
        if another is None:
            try:
                return self._computed(audience, key, compute)
            finally:
                self._done(key)
        another.wait(PATIENCE)
        entry = self._entry(key, feed.counter(audience))
        if entry is not None:
            return entry
        # It failed, is not kept, takes too long, or something was published meanwhile.
        return self._computed(audience, key, compute)

    def holds(self, audience: Audience, question: Hashable) -> bool:
        key = (audience.name, get_language(), question)
        return self._entry(key, feed.counter(audience)) is not None

    def knows(self, key: Key) -> bool:
        """Or knew it, before something else was published."""
        return key in self._entries

    def kept_under(self, key: Key, standing: feed.Counter) -> Answer | None:
        entry = self._entry(key, standing)
        return None if entry is None else entry.answer

    def forget(self) -> None:
        with self._lock:
            self._entries.clear()
            self._all_sizes = 0

    def _entry(self, key: Key, now: feed.Counter) -> Entry[Answer] | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or entry.standing != now:
                return None
            self._entries.move_to_end(key)
            return entry

    def _at_work_or_begun(self, key: Key) -> Event | None:
        """None: nobody computes it, so that it is ours to compute."""
        with self._lock:
            another = self._at_work.get(key)
            if another is None:
                self._at_work[key] = Event()
            return another

    def _done(self, key: Key) -> None:
        with self._lock:
            self._at_work.pop(key).set()

    def _computed(
        self, audience: Audience, key: Key, compute: Callable[[], Answer]
    ) -> Entry[Answer]:
        """Something may have been published since: what it is kept under is read in the
        moment in which all of it is read.
        """
        with one_moment(audience.name):
            now = feed.counter(audience)
            answer = compute()
        return self.keep(key, now, answer)

    def keep(self, key: Key, standing: feed.Counter, answer: Answer) -> Entry[Answer]:
        _audience, _language, question = key
        entry = Entry(standing, answer, self._size(question, answer))
        self._keep(key, entry)
        return entry

    def _keep(self, key: Key, entry: Entry[Answer]) -> None:
        # As long as nothing was ever published, no number is raised.
        if entry.standing == feed.Counter.nothing():
            return
        with self._lock:
            before = self._entries.pop(key, None)
            if before is not None:
                self._all_sizes -= before.size
            if not 0 < entry.size <= self.most:
                return
            self._entries[key] = entry
            self._all_sizes += entry.size
            while self._all_sizes > self.most:
                _key, gone = self._entries.popitem(last=False)
                self._all_sizes -= gone.size


def forget_all() -> None:
    for kept in Kept.everywhere:
        kept.forget()
