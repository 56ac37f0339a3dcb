"""By when requests are answered."""

from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet

from cases.day import today
from cases.desk.requests.models import SubjectRequest
from cases.terms import add

SOON = 7  # days


def due_day(received_on: date) -> date:
    """The GDPR, article 12(3): within one month."""
    return add(received_on, settings.REQUEST_MONTHS, 0)


def open_requests() -> QuerySet[SubjectRequest]:
    return SubjectRequest.objects.filter(answered_on__isnull=True)


def due_soon() -> QuerySet[SubjectRequest]:
    """And those that are late."""
    return open_requests().filter(due_on__lte=today() + timedelta(days=SOON))
