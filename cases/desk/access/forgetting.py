"""How the access log forgets: by age, and the words of an erased name. By the owner's
login alone.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.desk.access.models import AccessEvent
from tracker.names import query_key

_TELLING = 3  # letters; a shorter word begins too many names


def forget_older_than(days: int) -> int:
    """How many entries went."""
    return AccessEvent.objects.filter(
        at__lt=timezone.now() - timedelta(days=days)
    ).delete()[0]


def forget_words(texts: Iterable[str]) -> None:
    """Of searches that may have been for one of these, in any spelling or by its
    beginning. That there was one stays.

    Rather one search too many: its words are of use to an investigator for a while, and
    the name could hurt for ever.
    """
    names = [word for text in texts for word in query_key(text)]
    searches = AccessEvent.objects.exclude(asked="").values_list("id", "asked")
    found = [
        key
        for key, asked in searches.iterator()
        if any(name.startswith(_words(asked)) for name in names)
    ]
    AccessEvent.objects.filter(id__in=found).update(asked=_("erased"))


def forget_reasons(text: str) -> None:
    AccessEvent.objects.filter(reason__icontains=text).update(reason=_("erased"))


def _words(asked: str) -> tuple[str, ...]:
    values = [given.partition(": ")[2] or given for given in asked.split("; ")]
    return tuple(
        word for value in values for word in query_key(value) if len(word) >= _TELLING
    )
