"""How lists forget, by the owner's login alone: the file with time, and a name with an
erasure.
"""

from itertools import chain

from cases.day import today
from cases.desk.lists.models import List, Row
from cases.desk.lists.table import Unreadable, read_table
from cases.desk.proposals.forgetting import texts
from tracker.names import query_key


def forget_files() -> int:
    """Those whose day has come. Their SHA-256 stays. Tells how many they were."""
    due = List.objects.filter(kept_until__lte=today()).exclude(content=None)
    return due.update(content=None)


def forget_rows(text: str) -> None:
    """What was said with all words of this in one field, in whatever spelling, goes as a
    whole; and with it the file, which says it, too: perhaps in a column that was not
    stored.
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
    for in_list in List.objects.exclude(content=None).iterator():
        if _file_says(in_list, words):
            lists.add(in_list.pk)
    List.objects.filter(pk__in=lists).update(content=None)


def _file_says(in_list: List, words: set[str]) -> bool:
    """One that cannot be read may say anything."""
    try:
        table = read_table(bytes(in_list.content or b""), in_list.filename)
    except Unreadable:
        return True
    cells = chain.from_iterable(table.rows)
    return any(words <= set(query_key(cell)) for cell in cells)
