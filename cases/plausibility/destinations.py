"""An expulsion to where nobody knows: some sources do not say it, and some documenters
forget it.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from cases.aggregate import Aggregate
from cases.models import Deportation
from cases.plausibility.doubt import Doubt
from tracker.contract.vocabulary import DeportationOutcome


def doubts_about_destinations(case: Aggregate) -> Iterator[Doubt]:
    for row in case["deportations"]:
        is_expelled = row["outcome"] == DeportationOutcome.EXPELLED.value
        if is_expelled and not row["to_country"]:
            sentence = _(
                "An expulsion without a country of destination: is it not known?"
            )
            values = (row["deported_on"] or "",)
            yield Doubt(
                "no_destination", Deportation, "to_country", values, sentence, row["id"]
            )
