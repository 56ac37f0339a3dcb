"""The table of what may happen to several people at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.models import (
    Charge,
    Deportation,
    Detention,
    Placement,
    Release,
    ReleaseEvent,
    Sentence,
)
from cases.models.base import Part, Root
from tracker.contract.vocabulary import Measure


@dataclass(frozen=True)
class Made:
    """A record that is made for each person. `fields` are asked once for all, `own` of
    each who differs.

    `day` takes the day of the group. `names` are its references to what was made before
    for the same person. `always`: made even if nothing is filled in. `for_each`: the
    words of a tick, which is taken out for whom it is not made.
    """

    model: type[Part]
    fields: tuple[str, ...]
    title: Promise
    day: str = ""
    own: tuple[str, ...] = ()
    names: Mapping[str, type[Part]] = field(default_factory=dict)
    always: bool = False
    for_each: Promise | None = None

    @property
    def prefix(self) -> str:
        return str(self.model._meta.model_name)


@dataclass(frozen=True)
class Shared:
    """A record of its own that stands once for the whole group. `named_by` is the field
    of the first record of each person that names it.
    """

    model: type[Root]
    fields: tuple[str, ...]
    title: Promise
    day: str
    named_by: str


@dataclass(frozen=True)
class GroupKind:
    """`measure` is what a source counts of such a group, if it counts it."""

    name: str
    title: Promise
    made: tuple[Made, ...]
    shared: Shared | None = None
    measure: Measure | None = None

    @property
    def address(self) -> str:
        return f"{self.name}-of-several"

    @property
    def url_name(self) -> str:
        return f"cases_prisoner_{self.name}_of_several"


RELEASE = GroupKind(
    "release",
    _("A release of several"),
    shared=Shared(
        ReleaseEvent,
        (
            "title",
            "brokered_by",
            "ground",
            "exchange",
            "concessions",
            "passport_fate",
        ),
        _("The release"),
        day="occurred_on",
        named_by="release_event",
    ),
    made=(
        Made(
            Release,
            ("ground", "to_liberty", "conditions"),
            _("What is said of each who was released"),
            day="released_on",
            always=True,
        ),
        Made(
            Deportation,
            ("outcome", "from_country", "to_country", "crossing", "own_national"),
            _("Where they were sent"),
            day="deported_on",
            names={"release": Release},
            for_each=_("sent out of the country"),
        ),
    ),
    measure=Measure.RELEASED,
)
ARREST = GroupKind(
    "arrest",
    _("An arrest of several"),
    made=(
        Made(
            Detention,
            ("ground", "authority", "term_days"),
            _("The arrest"),
            day="started_on",
            own=("term_days",),
            always=True,
        ),
        Made(
            Placement,
            ("facility", "place_kind", "conditions"),
            _("Where they are held, and how"),
            day="from_on",
            names={"detention": Detention},
            for_each=_("held there"),
        ),
    ),
    measure=Measure.DETAINED,
)
TRIAL = GroupKind(
    "trial",
    _("A trial of several"),
    made=(
        Made(
            Charge,
            ("code", "article", "label_as_stated"),
            _("What they are accused of"),
            for_each=_("this charge"),
        ),
        Made(
            Sentence,
            (
                "court",
                "decision",
                "in_absentia",
                "closed_hearing",
                "punishment",
                "term_months",
                "term_days",
                "term_as_stated",
                "execution",
                "regime",
            ),
            _("The sentence"),
            day="handed_down_on",
            own=("term_months", "term_days", "term_as_stated"),
            names={"charges": Charge},
            always=True,
        ),
    ),
)
GROUP_KINDS = (RELEASE, ARREST, TRIAL)
