"""How the access log forgets: what is old, and the words of an erased name.

Only the owner's login may do this.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet

from cases.day import now
from cases.desk.access.models import AccessEvent
from cases.history import forgetting
from cases.kept import ERASED
from cases.models import Erasure
from tracker.names import query_key

_TELLING = 3  # letters: a shorter word begins too many names


def forget_older_than(days: int) -> int:
    """Delete old entries, and tell how many they were. Their digests are kept."""
    oldest = now() - timedelta(days=days)
    reason = f"older than {days} days"
    return forgetting.delete(AccessEvent.objects.filter(at__lt=oldest), reason)


def forget_words(texts: Iterable[str], act: Erasure) -> None:
    """Forget the words of searches that may have been for one of these texts.

    A search may have used any spelling, or only a beginning. That there was a search
    stays in the log. We rather forget one search too many: an investigator has use for
    its words for a while, and the name could hurt for ever.
    """
    names: list[str] = []
    for text in texts:
        names += query_key(text)
    searches = AccessEvent.objects.exclude(asked="").values_list("id", "asked")
    numbers = []
    for number, asked in searches.iterator():
        beginnings = _words(asked)
        if any(name.startswith(beginnings) for name in names):
            numbers.append(number)
    _forget(AccessEvent.objects.filter(id__in=numbers), act, asked=ERASED)


def forget_reasons(text: str, act: Erasure) -> None:
    of_the_name = AccessEvent.objects.filter(reason__icontains=text)
    _forget(of_the_name, act, reason=ERASED)


def _forget(lines: QuerySet[AccessEvent], act: Erasure, **values: str) -> None:
    forgetting.change(lines, reason=act.reason, erasure=act.number, values=values)


def _words(asked: str) -> tuple[str, ...]:
    """The folded words of what was asked, as in `q: Ivan; status: released`."""
    words = []
    for question in asked.split("; "):
        _name, _colon, value = question.partition(": ")
        for word in query_key(value or question):
            if len(word) >= _TELLING:
                words.append(word)
    return tuple(words)
