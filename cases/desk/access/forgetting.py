"""How the access log forgets: what is old, and the words of an erased name.

Only the owner's login may do this.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.desk.access.models import AccessEvent
from tracker.names import query_key

_TELLING = 3  # letters: a shorter word begins too many names


def forget_older_than(days: int) -> int:
    """Delete old entries, and tell how many they were."""
    oldest = timezone.now() - timedelta(days=days)
    count, _by_model = AccessEvent.objects.filter(at__lt=oldest).delete()
    return count


def forget_words(texts: Iterable[str]) -> None:
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
    AccessEvent.objects.filter(id__in=numbers).update(asked=_("erased"))


def forget_reasons(text: str) -> None:
    AccessEvent.objects.filter(reason__icontains=text).update(reason=_("erased"))


def _words(asked: str) -> tuple[str, ...]:
    """The folded words of what was asked, as in `q: Ivan; status: released`."""
    words = []
    for question in asked.split("; "):
        _name, _colon, value = question.partition(": ")
        for word in query_key(value or question):
            if len(word) >= _TELLING:
                words.append(word)
    return tuple(words)
