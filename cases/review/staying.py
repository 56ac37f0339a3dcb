"""That a name which is kept back may stay in the words of another record: somebody who
reviews said so, of these words and this name. docs/decisions/names-elsewhere.md
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from cases import aggregate
from cases.disclosure.kept_names import Kept, said, telling_words, texts_of, words_in
from cases.history.since import newest_event
from cases.models import KeptName, Mark, NameStays, PersonName
from cases.models.base import Root
from cases.visibility import NOBODY_OUTSIDE


@transaction.atomic
def take_back(record: Root, person_id: UUID, *, by: Any, reason: str) -> None:
    """The name may stay no longer: the words go again."""
    _decide(record, person_id, [], by=by, reason=reason)


@transaction.atomic
def let_stay(record: Root, person_id: UUID, *, by: Any, reason: str) -> None:
    """All names of the person, those that are kept back as approved and those on record
    now, in each text of the record that holds one. The caller says who acts.
    """
    texts: set[str] = set()
    for case in aggregate.read(record.kind, [record.pk]).values():
        texts |= texts_of(case)
    digests = set()
    names = PersonName.objects.filter(prisoner=person_id)
    spelt: set[tuple[str, ...]] = set()
    for spelling in names.values_list("value", flat=True):
        spelt |= telling_words(spelling)
    spelt |= {tuple(kept.words) for kept in KeptName.objects.filter(root_id=person_id)}
    for words in spelt:
        name = Kept(str(person_id), words, NOBODY_OUTSIDE, is_near=True)
        for text in texts:
            if name.stands_in(words_in(text)):
                digests.add(said(str(record.pk), text, name))
    _decide(record, person_id, sorted(digests), by=by, reason=reason)


def _decide(
    record: Root, person_id: UUID, digests: list[str], *, by: Any, reason: str
) -> None:
    NameStays.objects.create(
        root_kind=record.kind,
        root_id=record.pk,
        person_id=person_id,
        may_stay=bool(digests),
        said=digests,
        reason=reason,
        decided_by=by,
        event=newest_event(),
    )
    Mark.objects.create(root_kind=record.kind, root_id=record.pk)
