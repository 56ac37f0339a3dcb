"""Does a quote hold a name that is kept back? Asked where one is saved; the database asks
again for what it can tell (cases/triggers/quotes.py).

It is a net and no proof: a name that is bent far, or a nickname, slips through. So a
second person reads each quote before it is published.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from cases import aggregate
from cases.day import today
from cases.disclosure.naming import who_sees_the_name
from cases.models import Citation, Claimant, Prisoner
from cases.models.base import Record
from cases.models.source import NAMED_INSIDE
from cases.visibility import EVERYONE, is_narrower
from tracker.names import query_key, search_key, tells


def refusal(
    quote: str, *, case: Record | None, source_id: UUID | None, claimant: Any = None
) -> str:
    """A sentence that does not repeat the name; "" if there is none."""
    words = search_key([quote]).split()
    if not words:
        return ""
    kept_back = any(_holds(words, name) for name in _inside(case, source_id, claimant))
    if not kept_back and isinstance(case, Prisoner):
        kept_back = _tells_the_name(words, case)
    if not kept_back:
        return ""
    return _(
        "It holds a name that is not published: one that is withheld, a relative's, a"
        " lawyer's, a witness's or a pseudonym. Shorten it, or leave it empty."
    )


def _holds(words: list[str], name: str) -> bool:
    """Every word of it, in any spelling and case."""
    asked = query_key(name)
    return bool(asked) and all(_begins_one(word, words) for word in asked)


def _begins_one(word: str, words: list[str]) -> bool:
    return any(written.startswith(word) for written in words)


def _inside(
    case: Record | None, source_id: UUID | None, claimant: Claimant | None
) -> Iterator[str]:
    """Names of those who are named inside only. One of a single word says too little by
    itself: it is asked of those who speak in this case, or in this source.
    """
    kept_inside = Q(role__in=NAMED_INSIDE) | Q(protected_pseudonym=True)
    claimants = Claimant.objects.filter(kept_inside)
    near = Q(source_id=source_id)
    if case is not None:
        near |= Q(root_id=case.pk)
    speak_here = set(
        Citation.objects.filter(near, claimant__in=claimants).values_list(
            "claimant_id", flat=True
        )
    )
    if claimant is not None:
        speak_here.add(claimant.pk)
    for pk, name in claimants.values_list("pk", "name"):
        if pk in speak_here or len(query_key(name)) > 1:
            yield name


def _tells_the_name(words: list[str], prisoner: Prisoner) -> bool:
    case = aggregate.read(Prisoner.kind, [prisoner.pk]).get(prisoner.pk)
    if case is None:
        return False
    names = case["names"]
    if who_sees_the_name(case, today()) != EVERYONE:
        for name in names:
            for word in query_key(name["value"]):
                if tells(word) and _begins_one(word, words):
                    return True
        return False
    shown, narrowed = [], []
    for name in names:
        if is_narrower(name["visibility"], EVERYONE):
            narrowed.append(name["value"])
        else:
            shown.append(name["value"])
    # What spells a name that is told is no secret.
    told = set(search_key(shown).split())
    secret = [name for name in narrowed if not set(query_key(name)) <= told]
    return any(_holds(words, name) for name in secret)
