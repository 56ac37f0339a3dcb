"""Asked before something is saved that is hardly so. Both ways in ask it: the admin by
a box to tick, the editorial API by a header.
"""

from collections.abc import Collection
from typing import Any

from cases import aggregate
from cases.catalogue import KINDS
from cases.day import today
from cases.history import kind_of
from cases.models import Prisoner
from cases.models.base import Root
from cases.plausibility import Doubt, doubts_about_new, doubts_of, new_doubts


def stored_doubts(root: Any, *, is_new: bool = False) -> list[Doubt]:
    """About the case as it is stored now. None about what is no case, or is gone. Of a
    new case it is asked, too, if we know the person.
    """
    if not isinstance(root, Root) or kind_of(root) not in KINDS:
        return []
    kind = kind_of(root)
    case = aggregate.read(kind, [root.pk]).get(root.pk)
    if not case:
        return []
    doubts = doubts_of(kind, case, today())
    if is_new and kind == Prisoner.kind:
        doubts += doubts_about_new(case)
    return doubts


def is_yet_unnamed(root: Any) -> bool:
    """Is it a case that is about to be stored, or one that has no name until now?"""
    if not isinstance(root, Prisoner):
        return False
    return root._state.adding or not root.names.exists()


def unanswered(
    before: Collection[Doubt], after: Collection[Doubt], answers: Collection[str]
) -> list[Doubt]:
    """Those that a change brings, if anybody has to answer yet: with those that were
    answered, so that a page keeps their ticks.
    """
    brought = new_doubts(before, after)
    if all(doubt.key in answers for doubt in brought):
        return []
    return brought
