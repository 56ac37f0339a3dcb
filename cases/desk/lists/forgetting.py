"""How lists forget, by the owner's login alone: the file with time, and a name with an
erasure.
"""

from cases.day import today
from cases.desk.lists.models import List, Row
from cases.desk.proposals.forgetting import texts
from tracker.names import query_key


def forget_files() -> int:
    """Those whose day has come. Their SHA-256 stays. Tells how many they were."""
    due = List.objects.filter(kept_until__lte=today()).exclude(content=None)
    return due.update(content=None)


def forget_rows(text: str) -> None:
    """What was said with all words of this in one field, in whatever spelling, goes as a
    whole; and with it the file of that list, which says it, too.
    """
    words = set(query_key(text))
    if not words:
        return
    rows = Row.objects.exclude(content={}, cells=[], identity="")
    saying, lists = [], set()
    for row in rows.iterator():
        said = [row.content, row.stated, row.cells, row.identity, row.said_source]
        if any(words <= set(query_key(value)) for value in texts(said)):
            saying.append(row.pk)
            lists.add(row.in_list_id)
    Row.objects.filter(pk__in=saying).update(
        content={}, stated={}, cells=[], identity="", said_source=""
    )
    List.objects.filter(pk__in=lists).update(content=None)
