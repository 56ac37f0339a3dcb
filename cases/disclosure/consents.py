"""What the person allowed to be said, and to whom."""

from cases.aggregate import Aggregate
from cases.disclosure.readers import Reader
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
    """
    withdrawn = any(
        consent["subject"] == subject and consent["withdrawn_on"] is not None
        for case in (then, now)
        for consent in case["consents"]
    )
    return withdrawn and not consented(subject, reader, then, now)
