"""What a save makes visible to readers, and what it takes away, before it does it: it is
saved, and rolled back. What the gate will render anew is what the save has marked, and
who names what comes or goes.

    foresight = Foresight([key_of(root)])
    with transaction.atomic():
        ...  # save
        foresight.hold(confirmed)  # raises NotYet
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import ngettext

from cases import aggregate
from cases.day import today
from cases.models import Mark
from cases.models.base import Root
from cases.publishing.becoming import (
    NOTHING_COMES,
    Becoming,
    Coming,
    Told,
    compared,
    told_now,
)
from cases.triggered import referrers
from tracker.audiences import AUDIENCES

Key = tuple[str, UUID]
"""A case: its kind and its id."""

MOST = 60  # cases that one save changes, and that are looked at


@dataclass(frozen=True)
class Foreseen:
    """Of the case itself and of the others that the save marks. `more` of these were
    not looked at.
    """

    becoming: Becoming
    more: int = 0

    def __bool__(self) -> bool:
        return bool(self.becoming)

    @property
    def token(self) -> str:
        """Says of a confirmation what it has seen."""
        said = "\n".join([*self.becoming.appears, "", *self.becoming.goes])
        return hashlib.sha256(said.encode()).hexdigest()[:32]


class NotYet(Exception):
    """Rolls back what was saved: somebody has to look at it first, or it is not known
    yet what stood there before.
    """


class Foresight:
    """Made before the save. `own` are the cases that it is about."""

    def __init__(self, own: Iterable[Key] = ()) -> None:
        self._own = list(own)
        self.before = _told(self._own)
        self._it = self._own  # if it is one case, its own words need no number
        newest = Mark.objects.aggregate(newest=Max("id"))["newest"]
        self._after_mark = newest or 0
        self._told_after: dict[Key, Told] = {}
        self._more = 0

    def hold(self, confirmed: str, made: Iterable[Root] = ()) -> Foreseen:
        """After the save, in its transaction. `made` was not there before."""
        new = [key_of(root) for root in made]
        self.before.update((key, {}) for key in new)
        self._it = self._own or new
        self._look()
        if self._told_after.keys() - self.before.keys():
            raise NotYet
        foreseen = self._compared()
        if foreseen and foreseen.token != confirmed:
            raise NotYet
        return foreseen

    def look_back(self) -> Foreseen:
        """Once it is rolled back: what stood there before. Saved again, it is held to
        this.
        """
        unknown = self._told_after.keys() - self.before.keys()
        self.before.update(_told(unknown))
        return self._compared()

    def of(self, save: Callable[[], object]) -> Foreseen:
        """Saves it, and rolls it back. Whatever it raises goes on."""
        try:
            with transaction.atomic():
                save()
                self._look()
                self._it = self._own or list(self._told_after)
                raise NotYet
        except NotYet:
            return self.look_back()

    def _look(self) -> None:
        marks = Mark.objects.filter(id__gt=self._after_mark).order_by("id")
        marked = marks.values_list("root_kind", "root_id")
        keys = list(dict.fromkeys([*self._own, *marked]))
        coming, moved = self._coming_and_moved(_told(keys[:MOST]))
        for kind, root_ids in _by_kind(moved).items():
            keys += referrers(kind, root_ids)
        keys = list(dict.fromkeys(keys))
        if len(keys) > MOST:
            keys = _in_sight(keys)
        self._told_after = _told(keys[:MOST], coming)
        self._more = max(0, len(keys) - MOST)

    def _coming_and_moved(self, told: dict[Key, Told]) -> tuple[Coming, set[Key]]:
        """What an audience will see of that was not published to it; and what comes or
        goes as a whole, which whoever names it will show, or will not.
        """
        coming: dict[str, frozenset[str]] = {}
        moved = set()
        for audience in AUDIENCES:
            ids = set()
            for key, told_after in told.items():
                is_told = audience.name in told_after
                was_told = audience.name in self.before.get(key, {})
                if is_told:
                    ids.add(str(key[1]))
                if key in self.before and is_told != was_told:
                    moved.add(key)
            coming[audience.name] = frozenset(ids)
        return coming, moved

    def _compared(self) -> Foreseen:
        own = Becoming()
        appears: Counter[str] = Counter()
        goes: Counter[str] = Counter()
        loses_its_name = False
        for key, told in self._told_after.items():
            becoming = compared(self.before.get(key, {}), told)
            loses_its_name |= becoming.loses_its_name
            if self._it == [key]:
                own = becoming
                continue
            appears.update(becoming.appears)
            goes.update(becoming.goes)
        becoming = Becoming(
            [*own.appears, *_of_several(appears)],
            [*own.goes, *_of_several(goes)],
            loses_its_name,
        )
        return Foreseen(becoming, self._more)


def key_of(root: Root) -> Key:
    return root.kind, root.pk


def _by_kind(keys: Iterable[Key]) -> dict[str, list[UUID]]:
    ids: dict[str, list[UUID]] = defaultdict(list)
    for kind, root_id in keys:
        ids[kind].append(root_id)
    return ids


def _told(keys: Iterable[Key], coming: Coming = NOTHING_COMES) -> dict[Key, Told]:
    told: dict[Key, Told] = {}
    for kind, root_ids in _by_kind(keys).items():
        told_of_kind = told_now(kind, root_ids, today(), coming)
        for root_id in root_ids:
            told[kind, root_id] = told_of_kind.get(root_id, {})
    return told


def _in_sight(keys: list[Key]) -> list[Key]:
    """Whoever asks learns not even how many others there are."""
    seen: set[Key] = set()
    for kind, root_ids in _by_kind(keys).items():
        seen.update((kind, root_id) for root_id in aggregate.versions(kind, root_ids))
    return [key for key in keys if key in seen]


def _of_several(words: Counter[str]) -> list[str]:
    """How many cases, and never which: not everyone may know of each."""
    told = []
    for what, count in words.items():
        sentence = ngettext(
            "%(what)s (in %(count)s case)", "%(what)s (in %(count)s cases)", count
        )
        told.append(sentence % {"what": what, "count": count})
    return told
