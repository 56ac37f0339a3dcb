"""What somebody said how many there were."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.base import Part, Root
from cases.models.court import CourtCase
from cases.models.dates import EDTFField
from cases.models.declaring import decided, unsearched
from cases.models.events import ReleaseEvent
from cases.models.fields import CodeField, CodesField
from cases.models.searched import parts_of_text
from cases.models.source import Claimant
from tracker.contract.vocabulary import CountedGroup, Country, Measure, Qualifier


class ReportedCount(Root):
    """A claim, never a count of our own. Rival claims stand side by side."""

    measure = CodeField(_("what is counted"), vocabulary=Measure, null=False)
    country = CodeField(_("country"), vocabulary=Country)
    of_group = CodeField(
        _("of which group"),
        vocabulary=CountedGroup,
        help_text=_("Only where what is counted does not say it."),
    )
    of_nationality = CodeField(_("of which nationality"), vocabulary=Country)
    among_them = CodesField(
        _("among them citizens of"),
        vocabulary=Country,
        help_text=_("Only those who are named: there may be others."),
    )
    value = models.PositiveIntegerField(_("value"), null=True, blank=True)
    value_as_stated = models.CharField(_("value as stated"), max_length=200, blank=True)
    qualifier = CodeField(_("qualifier"), vocabulary=Qualifier)
    lowest = models.PositiveIntegerField(
        _("words mean at least"),
        null=True,
        blank=True,
        help_text=_("Of words alone: “most” of 52 are at least 27."),
    )
    highest = models.PositiveIntegerField(
        _("words mean at most"),
        null=True,
        blank=True,
        help_text=_("Of words alone: “most” of 52 are at most 51."),
    )
    as_of = EDTFField(_("as of"))
    claimant = models.ForeignKey(
        Claimant,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reported_counts",
        verbose_name=_("who says so"),
    )
    release_event = models.ForeignKey(
        ReleaseEvent,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reported_counts",
        verbose_name=_("release event"),
    )

    court_case = models.ForeignKey(
        CourtCase,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reported_counts",
        verbose_name=_("court case"),
        help_text=_("Readers who are not told of it are not told of this count."),
    )

    kind = "reported_count"
    place = "reported-counts"
    ordered_by = ("measure", "value")
    one_claim = True

    class Meta:
        verbose_name = _("reported count")
        verbose_name_plural = _("reported counts")
        ordering = ["measure", F("as_of_earliest").desc(nulls_last=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(value_as_stated=""),
                name="reportedcount_has_a_value_or_words",
                violation_error_message=_(
                    "Value: give a number, or the words of the source."
                ),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True)
                | Q(lowest__isnull=True, highest__isnull=True),
                name="reportedcount_bounds_are_of_words",
                violation_error_message=_(
                    "Words mean at least, at most: a number says that itself."
                ),
            ),
            models.CheckConstraint(
                condition=Q(lowest__isnull=True)
                | Q(highest__isnull=True)
                | Q(lowest__lte=F("highest")),
                name="reportedcount_lowest_is_not_above_highest",
                violation_error_message=_(
                    "Words mean at least: it is above what they mean at most."
                ),
            ),
        ]

    def __str__(self) -> str:
        how = self.get_qualifier_display() or ""
        return f"{self.get_measure_display()}: {how} {self.value if self.value is not None else self.value_as_stated}"


class ListedName(Part):
    """One line of the list that a claim rests on: a name, and nobody's case until
    somebody has said that it is. A list of 120 has 120 lines, not 120 people. Never
    published: whoever is on it may not know.
    """

    reported_count = models.ForeignKey(
        ReportedCount,
        models.CASCADE,
        related_name="listed_names",
        verbose_name=_("reported count"),
    )
    line = models.PositiveIntegerField(_("line"), null=True, blank=True)
    value = models.CharField(_("name as listed"), max_length=200)
    said = unsearched(
        models.CharField(
            _("what else the line says"),
            max_length=300,
            blank=True,
            help_text=_("Such as: a year of birth, a town, an office."),
        )
    )
    identified = decided(
        models.BooleanField(
            _("identified"),
            default=False,
            help_text=_("Somebody has found, or made, the case of this person."),
        )
    )

    root_path = "reported_count"
    place = "listed-names"
    ordered_by = ("line", "value")
    stays_inside = True

    class Meta:
        verbose_name = _("name on a list")
        verbose_name_plural = _("names on a list")
        ordering = [F("line").asc(nulls_last=True), "value", "id"]
        indexes = [parts_of_text("value", name="listedname_search")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(value__regex=r"^\s*$"),
                name="listedname_value_is_not_empty",
                violation_error_message=_("Name as listed: a name cannot be empty."),
            ),
            models.UniqueConstraint(
                fields=["reported_count", "line"],
                name="listedname_has_a_line_of_its_own",
                violation_error_message=_(
                    "Line: another name of this list stands on that line."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.value
