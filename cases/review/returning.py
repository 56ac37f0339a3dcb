"""What was taken back by consent returns: by an approval that says so, of somebody other
than those who entered the new consent. So does a case that was hidden at once: of
somebody other than those who hid it. docs/decisions/disclosure.md

The database holds the rule (cases/triggers/consents.py), and this says it in sentences.
Whether a review is required, and whether people may approve what they have changed
themselves, is all the same to it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.history import acting
from cases.models import Consent, Prisoner
from cases.triggers.consents import CASE, TAKEN_BACK

LINES: Mapping[str, Promise] = {
    CASE: gettext_lazy("the case returns"),
    "name": gettext_lazy("the name returns"),
    "story": gettext_lazy("the story returns"),
}


class CannotReturn(Exception):
    """The message is for people."""


@dataclass(frozen=True)
class TakenBack:
    """What waits to return. `why_not` is a sentence; empty if the user may give it back
    by an approval.
    """

    subject: str
    line: str
    why_not: str

    @property
    def is_whole_case(self) -> bool:
        return self.subject == CASE


@dataclass(frozen=True)
class Hiding:
    """`user_id` and `who` are None for a hand in psql that names nobody."""

    user_id: int | None
    who: str | None
    at: datetime


def taken_back(root: Any, user: User | AnonymousUser | None) -> list[TakenBack]:
    """Of this case, what was taken back and has not returned."""
    waiting = []
    if isinstance(root, Prisoner):
        for subject in TAKEN_BACK:
            times = getattr(root, f"{subject}_taken_back") or 0
            if times > (getattr(root, f"{subject}_returned") or 0):
                why_not = _why_not(root, subject, times, user)
                waiting.append(TakenBack(subject, str(LINES[subject]), why_not))
    return waiting


def give_back(
    root: Any,
    subjects: Collection[str],
    by: User | AnonymousUser | None,
    reason: str,
) -> int:
    """The version of the case afterwards. The caller has locked it."""
    waiting = {lost.subject: lost for lost in taken_back(root, by)}
    answered: dict[str, F] = {}
    for subject in subjects:
        if subject not in waiting:
            raise CannotReturn(_("Nothing of this was taken back: nothing returns."))
        if waiting[subject].why_not:
            raise CannotReturn(waiting[subject].why_not)
        answered[f"{subject}_returned"] = F(f"{subject}_taken_back")
    with acting(user=by, reason=reason):
        Prisoner.objects.filter(pk=root.pk).update(**answered)
    root.refresh_from_db(fields=["version"])
    return int(root.version)


def _why_not(
    case: Prisoner, subject: str, times: int, user: User | AnonymousUser | None
) -> str:
    if subject == CASE:
        return _why_not_the_case(case, user)
    return _why_no_consent(case, subject, times, user)


def _why_not_the_case(case: Prisoner, user: User | AnonymousUser | None) -> str:
    if user is None or not user.is_authenticated:
        return _("Somebody with an account must approve it.")
    if any(hiding.user_id == user.pk for hiding in hidings(case)):
        return _("You hid it yourself: somebody else must look at it, and approve.")
    return ""


def hidings(case: Prisoner) -> list[Hiding]:
    """What raised the count since the case last returned."""
    history: Any = apps.get_model("cases", "PrisonerHistory")
    events = history.objects.filter(
        id=case.pk, case_taken_back__gt=case.case_returned or 0
    )
    first = events.order_by("case_taken_back", "pgh_id").distinct("case_taken_back")
    columns = ("pgh_context__user", "pgh_context__username", "pgh_created_at")
    return [Hiding(*row) for row in first.values_list(*columns)]


def _why_no_consent(
    case: Prisoner, subject: str, times: int, user: User | AnonymousUser | None
) -> str:
    consents = Consent.objects.filter(
        prisoner=case,
        subject=subject,
        withdrawn_on=None,
        after_taken_back=times,
        given_on__isnull=False,
    )
    new = [
        consent.pk
        for consent in consents
        if consent.given_by.strip() and consent.given_how.strip()
    ]
    if not new:
        return _(
            "A new consent must be on record first: entered after the old one was taken"
            " back, with its day, who gave it, and how."
        )
    if user is None or not user.is_authenticated:
        return _("Somebody with an account must approve it.")
    if any(_is_anothers(consent_id, user) for consent_id in new):
        return ""
    return _("Somebody other than those who entered the new consent must approve this.")


def _is_anothers(consent_id: object, user: User | AnonymousUser) -> bool:
    """Everyone who entered or changed it is known, and is somebody else."""
    history: Any = apps.get_model("cases", "ConsentHistory")
    events = history.objects.filter(id=consent_id)
    not_anothers = Q(pgh_context__user__isnull=True) | Q(pgh_context__user=user.pk)
    return events.exists() and not events.filter(not_anothers).exists()
