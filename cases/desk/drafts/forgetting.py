"""How drafts are forgotten, by the owner's login alone: with time, and with an erasure."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from cases.desk.drafts.keeping import opened, texts
from cases.desk.drafts.models import Draft

_TELLING = 3  # letters: a shorter text is in too many drafts


def forget_old_drafts() -> int:
    """What nobody has typed into for so long. Tells how many they were."""
    days = settings.DRAFT_DAYS
    old = Draft.objects.filter(kept_at__lt=Now() - timedelta(days=days))
    count, _by_model = old.delete()
    return count


def forget_drafts(record_ids: Iterable[str]) -> None:
    """Among the ids of records are those of the cases."""
    Draft.objects.filter(root_id__in=list(record_ids)).delete()


def forget_drafts_with(erased: Iterable[str]) -> None:
    """Whoever typed it, on whatever page. What we cannot read any more may hold it."""
    words = [text.casefold() for text in erased if len(text) >= _TELLING]
    if not words:
        return
    tokens = []
    for draft in Draft.objects.all():
        content = opened(draft.sealed)
        if not content or _holds(content, words):
            tokens.append(draft.token)
    Draft.objects.filter(token__in=tokens).delete()


def _holds(content: dict[str, object], words: list[str]) -> bool:
    for typed in texts(content):
        folded = typed.casefold()
        if any(word in folded for word in words):
            return True
    return False
