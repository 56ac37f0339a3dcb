"""What the person allowed to be said, and to whom; and what was taken back since."""

from collections.abc import Mapping
from typing import Any

from cases.aggregate import Aggregate
from cases.disclosure.readers import Reader
from cases.models.prisoner import TOLD_UNDER
from cases.triggers.consents import CASE
from cases.visibility import EVERYONE


def consented(subject: str, reader: Reader, then: Aggregate, now: Aggregate) -> bool:
    """To this reader, when the case was approved and now. A consent to show everyone is
    one to show partners.
    """
    covering = {EVERYONE, reader.name}
    return all(
        any(
            consent["subject"] == subject
            and consent["audience"] in covering
            and consent["withdrawn_on"] is None
            for consent in case["consents"]
        )
        for case in (then, now)
    )


def item_allowed(
    subject: str,
    reader: Reader,
    then: Aggregate,
    now: Aggregate,
    **named: str,
) -> bool:
    """By one and the same consent, when the case was approved and now: another one that
    was entered since has not been approved. `named`: of a detail, or together with
    another case, by a consent that names it.
    """
    approved = _allowing(subject, reader, then, named)
    return not approved.isdisjoint(_allowing(subject, reader, now, named))


def _allowing(
    subject: str, reader: Reader, case: Aggregate, named: Mapping[str, str]
) -> set[str]:
    """The ids of the consents that stand."""
    return {
        consent["id"]
        for consent in case["consents"]
        if consent["subject"] == subject
        and consent["audience"] in {EVERYONE, reader.name}
        and consent["withdrawn_on"] is None
        and not consent["is_over"]
        and all(consent.get(column) == named[column] for column in named)
    }


def detail_may_be_told(
    detail: Mapping[str, Any], reader: Reader, then: Aggregate, now: Aggregate
) -> bool:
    """Solely under a consent that names it, its subject and the reader."""
    subject = TOLD_UNDER.get(detail["detail_kind"])
    return subject is not None and item_allowed(
        subject, reader, then, now, personal_detail_id=detail["id"]
    )


def item_refused(subject: str, reader: Reader, then: Aggregate, now: Aggregate) -> bool:
    """A consent for it was given and taken back, then or since, and none stands. Where
    none was ever asked, the public interest decides, by approval.
    """
    was_taken_back = any(
        consent["subject"] == subject
        and (consent["withdrawn_on"] or consent["is_over"])
        for case in (then, now)
        for consent in case["consents"]
    )
    return was_taken_back and not item_allowed(subject, reader, then, now)


def took_back(subject: str, reader: Reader, then: Aggregate, now: Aggregate) -> bool:
    """Consent was given and taken back, then or since. Where none was ever asked, the
    public interest decides, by approval.

    It stays so for everyone until a person approves that it returns; then for those to
    whom a consent stands.
    """
    if waits_to_return(subject, then, now):
        return True
    ever = _taken_back(subject, then, now) > 0 or any(
        consent["subject"] == subject and consent["withdrawn_on"] is not None
        for case in (then, now)
        for consent in case["consents"]
    )
    return ever and not consented(subject, reader, then, now)


def waits_to_return(subject: str, then: Aggregate, now: Aggregate) -> bool:
    """It was taken back more often than the case as approved knows answered. The
    database counts (cases/triggers/consents.py).
    """
    returned = then["root"].get(f"{subject}_returned") or 0
    return _taken_back(subject, then, now) > returned


def is_hidden(then: Aggregate, now: Aggregate) -> bool:
    """At once, by somebody of the staff, and no approval has said that it returns."""
    return waits_to_return(CASE, then, now)


def _taken_back(subject: str, then: Aggregate, now: Aggregate) -> int:
    column = f"{subject}_taken_back"
    return max(case["root"].get(column) or 0 for case in (then, now))
