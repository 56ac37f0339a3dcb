"""How the work on cases forgets: by the owner's login alone, with an erasure."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from cases.desk.casework.models import (
    Assignment,
    Comment,
    ConsentTask,
    DiaryEntry,
    Look,
    SavedFilter,
)
from cases.desk.casework.todo import with_merged

_TELLING = 4  # letters: a shorter text is in too many names

# Every table whose rows are of a case, with the columns in which people write freely.
OF_CASES = {
    Comment: ["text"],
    DiaryEntry: ["note"],
    ConsentTask: ["whom", "channel"],
    Assignment: [],
    Look: [],
}


def forget_work(ids: Iterable[str]) -> None:
    """All of it. Among the ids of records are those of the cases."""
    for model in OF_CASES:
        model._default_manager.filter(root_id__in=list(ids)).delete()


def forget_work_with(case: UUID, text: str) -> None:
    """Whatever says this of the case goes as a whole row."""
    for model, columns in OF_CASES.items():
        says_it = Q(pk__in=[])
        for column in columns:
            says_it |= Q(**{f"{column}__icontains": text})
        rows = model._default_manager.filter(root_id__in=with_merged(case))
        rows.filter(says_it).delete()


def forget_filters_called(texts: Iterable[str]) -> None:
    """A filter keeps no words that were searched for, but it may be called by them."""
    for text in texts:
        if len(text) >= _TELLING:
            SavedFilter.objects.filter(name__icontains=text).delete()
