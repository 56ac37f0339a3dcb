"""What the person allowed to be said, and to whom; and what was taken back since."""

from cases.aggregate import Aggregate
from cases.disclosure.readers import Reader
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
