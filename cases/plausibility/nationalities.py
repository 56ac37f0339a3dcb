"""A nationality that is said to be there and to be gone: whoever enters that a state took
it away may forget that it still stands among the citizenships. Some who keep lists leave
it there, because they do not recognise that it was taken away.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from cases.aggregate import Aggregate
from cases.models import Prisoner
from cases.plausibility.doubt import Doubt
from tracker.contract.vocabulary import Country, NationalityEvent, YesNo

_GONE = {
    NationalityEvent.DEPRIVED.value,
    NationalityEvent.LOST.value,
    NationalityEvent.RENOUNCED.value,
}
_BACK = {NationalityEvent.ACQUIRED.value, NationalityEvent.REGAINED.value}


def doubts_about_nationalities(case: Aggregate) -> Iterator[Doubt]:
    root = case["root"]
    citizenships = root["citizenships"]
    if root["stateless"] == YesNo.YES.value and citizenships:
        sentence = _(
            "Citizenships are given, too: has the person no nationality at all?"
        )
        values = tuple(citizenships)
        yield Doubt(
            "stateless_citizen", Prisoner, "stateless", values, sentence, root["id"]
        )
    happened: dict[str, set[str]] = {}
    for row in case["nationality_changes"]:
        happened.setdefault(row["country"], set()).add(row["event"])
    for country in citizenships:
        events = happened.get(country, set())
        if events & _GONE and not events & _BACK:
            sentence = _(
                "The nationality of %(country)s is said to be gone: is the person still a"
                " citizen?"
            ) % {"country": Country(country).label}
            yield Doubt(
                "citizen_no_more",
                Prisoner,
                "citizenships",
                (country,),
                sentence,
                root["id"],
            )
