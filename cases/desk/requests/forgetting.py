"""How the register forgets, by the owner's login alone: contacts with time, words with an
erasure. That there was a request, when it came and when it was answered, stays: it shows
that the organisation answered.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from cases.day import today
from cases.desk.requests.models import Contact, Step, SubjectRequest
from cases.desk.requests.sealing import opened
from cases.kept import ERASED

_TELLING = 3  # letters: a shorter text is in too many requests


def forget_contacts() -> int:
    """Of what was answered so many days ago. Tells of how many requests."""
    last = today() - timedelta(days=settings.REQUEST_CONTACT_DAYS)
    old = Contact.objects.filter(request__answered_on__lt=last)
    count = old.values("request_id").distinct().count()
    old.delete()
    return count


def forget_requests(record_ids: Iterable[str]) -> None:
    """All that was typed of these cases."""
    _forget(SubjectRequest.objects.filter(root_id__in=list(record_ids)))


def forget_requests_with(erased: Iterable[str]) -> None:
    """Whichever case it is about. A contact that we cannot read may be theirs."""
    for text in erased:
        if len(text) >= _TELLING:
            says_it = Q(text__icontains=text) | Q(steps__text__icontains=text)
            says_it |= Q(pk__in=_of_contacts_with(text.casefold()))
            _forget(SubjectRequest.objects.filter(says_it))


def _of_contacts_with(folded: str) -> list[int]:
    ids = []
    for contact in Contact.objects.all():
        reached = opened(contact.sealed)
        if reached is None or folded in f"{reached.name}\n{reached.where}".casefold():
            ids.append(contact.request_id)
    return ids


def _forget(requests: QuerySet[SubjectRequest]) -> None:
    ids = list(requests.order_by().values_list("pk", flat=True).distinct())
    # Without its contact nobody could answer what is still open: it goes with time.
    Contact.objects.filter(request__in=ids, request__answered_on__isnull=False).delete()
    Step.objects.filter(request__in=ids).exclude(text="").update(text=ERASED)
    SubjectRequest.objects.filter(pk__in=ids).update(text=ERASED)
