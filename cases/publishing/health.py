"""How publishing does: said once, for the page of the desk, for figures, and for whoever
asks whether it runs. It names no case.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.day import now, other_day_in_words, today
from cases.models import Heartbeat, Mark, PublishingFailure
from cases.publishing.confirming import waiting_in_words
from cases.publishing.failures import Late, late_withdrawals
from cases.publishing.heartbeat import ALIVE

LONG = timedelta(minutes=5)


@dataclass(frozen=True)
class Health:
    """`beat_ago` is None where the publisher has never run; `oldest` where no change
    waits. `withheld` are sentences on what holds everything up.
    """

    beat_ago: timedelta | None
    waiting: int
    oldest: timedelta | None
    failures: int
    late: Late
    withheld: list[str]

    @property
    def runs(self) -> bool:
        return self.beat_ago is not None and abs(self.beat_ago) <= ALIVE

    def problems(self) -> list[str]:
        """Sentences; none where all is well."""
        told = []
        if self.beat_ago is None:
            told.append(_("The publisher has never run."))
        elif not self.runs:
            words = _(
                "The publisher does not run. It last did %(minutes)s minutes ago."
            )
            told.append(words % {"minutes": _minutes(self.beat_ago)})
        if self.oldest is not None and self.oldest > LONG:
            words = _("A change has waited for %(minutes)s minutes to be published.")
            told.append(words % {"minutes": _minutes(self.oldest)})
        told += self.late.sentences()
        if self.failures:
            words = ngettext(
                "%(count)s case could not be published.",
                "%(count)s cases could not be published.",
                self.failures,
            )
            told.append(words % {"count": self.failures})
        return [*told, *self.withheld]


def ask() -> Health:
    """Some ten short queries."""
    moment = now()
    waiting = Mark.objects.exclude(due_on__gt=today())
    oldest = waiting.order_by("marked_at").values_list("marked_at", flat=True).first()
    beat = Heartbeat.objects.values_list("beat_at", flat=True).first()
    withheld = [other_day_in_words(), waiting_in_words()]
    return Health(
        beat_ago=_since(beat, moment),
        waiting=waiting.count(),
        oldest=_since(oldest, moment),
        failures=PublishingFailure.objects.count(),
        late=late_withdrawals(),
        withheld=[sentence for sentence in withheld if sentence],
    )


def _since(then: datetime | None, moment: datetime) -> timedelta | None:
    return moment - then if then else None


def _minutes(age: timedelta) -> int:
    return max(1, round(age.total_seconds() / 60))
