"""The person, and what is said of them apart from what was done to them."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from cases.models.base import MERGED, Part, Root
from cases.models.dates import EDTFField, ends_not_before_starts
from cases.models.declaring import (
    decided,
    filed,
    inside,
    outside_life,
    planned,
    unsearched,
)
from cases.models.fields import CodeField, CodesField, LaterText
from cases.models.searched import parts_of_text
from cases.models.texts import TextByLanguage
from cases.triggers.consents import consent_triggers, taken_back_triggers
from cases.triggers.consents_for_details import consent_ends, told_otherwise
from cases.triggers.copies import photo_consent_goes, shown_person_goes
from cases.triggers.court import person_goes_from_others
from cases.triggers.marks import merging_triggers
from cases.triggers.named import GIVEN_ONCE, NAMED_IS_NOT_RELATED
from cases.triggers.relatives import goes_as_relative, relative_goes
from tracker.contract.vocabulary import (
    ConsentAudience,
    ConsentSubject,
    Country,
    DeathInCustody,
    ListKind,
    NameKind,
    Occupation,
    PersonalDetailKind,
    RecognitionCriterion,
    RecognitionOutcome,
    Sex,
    ToldWithoutName,
    YesNo,
)

# Under a consent for what each kind of detail may be told. What is not here never is.
TOLD_UNDER: dict[str, str] = {
    PersonalDetailKind.HEALTH.value: ConsentSubject.HEALTH.value,
    PersonalDetailKind.DISABILITY.value: ConsentSubject.HEALTH.value,
    PersonalDetailKind.PREGNANCY.value: ConsentSubject.HEALTH.value,
    PersonalDetailKind.HUNGER_STRIKE.value: ConsentSubject.HEALTH.value,
    PersonalDetailKind.ETHNIC_GROUP.value: ConsentSubject.ORIGIN.value,
    PersonalDetailKind.RELIGION.value: ConsentSubject.ORIGIN.value,
    PersonalDetailKind.CHILDREN.value: ConsentSubject.RELATIVES.value,
    PersonalDetailKind.PARENT_NAME.value: ConsentSubject.RELATIVES.value,
}
# Words would sooner or later hold a diagnosis.
WITHOUT_WORDS = [
    PersonalDetailKind.HEALTH.value,
    PersonalDetailKind.DISABILITY.value,
    PersonalDetailKind.PREGNANCY.value,
    PersonalDetailKind.OTHER.value,
]
NOT_FOR_THIS_DETAIL = _(
    "For which personal detail: a consent names a detail of the same case and of its"
    " own subject."
)
NOT_FOR_THIS_CASE = _(
    "For which other case: only a consent for relatives names one, and then no personal"
    " detail. It is the case of somebody else."
)
MERGED_AWAY = _("For which other case: it was merged into another one. Name that one.")
OPEN_TO_FEW = _(
    "For which other case: it is open to named staff only, and this consent would tell"
    " of it."
)


def _count(label: Any) -> models.PositiveIntegerField:
    """Kept by the database, by no person."""
    return decided(
        unsearched(
            models.PositiveIntegerField(label, null=True, blank=True, editable=False)
        )
    )


class Prisoner(Root):
    sex = CodeField(_("sex"), vocabulary=Sex)
    born_on = EDTFField(_("born"))
    age_as_stated = models.PositiveSmallIntegerField(
        _("age as stated by a source"), null=True, blank=True
    )
    # A citation of the age is one of this, too: it says when by its own `as_of`.
    age_stated_on = decided(
        EDTFField(
            _("when it was said"),
            help_text=_(
                "The day of which the age is said. Without it, who was under 18 then"
                " counts as under 18 now."
            ),
        )
    )
    died_on = EDTFField(_("died"))
    death_in_custody = CodeField(_("died in custody"), vocabulary=DeathInCustody)
    executed = CodeField(
        _("executed"),
        vocabulary=YesNo,
        help_text=_("Was the person put to death by sentence of a court?"),
    )
    cause_of_death_by_authorities = unsearched(
        models.TextField(_("cause of death as stated by the authorities"), blank=True)
    )
    cause_of_death_by_family = unsearched(
        models.TextField(_("cause of death as stated by the family"), blank=True)
    )
    citizenships = CodesField(_("citizenships"), vocabulary=Country)
    stateless = CodeField(_("stateless"), vocabulary=YesNo)
    occupations = CodesField(_("occupations"), vocabulary=Occupation)
    affiliation = models.CharField(_("affiliation"), max_length=200, blank=True)
    position = LaterText(
        _("office or candidacy"),
        max_length=200,
        help_text=_("As a source states it, such as: former presidential candidate."),
    )
    summary = unsearched(TextByLanguage(_("summary")))
    stated_end_of_term = planned(EDTFField(_("end of term as stated by a source")))
    last_verified_on = filed(EDTFField(_("last verified")))
    name_withheld = decided(
        models.BooleanField(
            _("name withheld"),
            default=False,
            help_text=_("Published as a case without a name, and counted."),
        )
    )
    told_without_name = decided(
        CodesField(
            _("told without the name"),
            vocabulary=ToldWithoutName,
            help_text=_(
                "While the name is not told, readers are told the country, the years and"
                " the status, and what you tick here. Tick only what many have in common."
            ),
        )
    )
    told_without_name_reason = inside(
        LaterText(
            _("why it may be told"),
            max_length=500,
            help_text=_(
                "Needed if anything is ticked: how many others without a name look the"
                " same, and who was asked. It stays at the desk."
            ),
        )
    )
    # How often a consent was taken back, and up to which of those times a new one has
    # answered it: cases/triggers/consents.py.
    name_taken_back = _count(_("consent for the name taken back, times"))
    name_returned = _count(_("name returned after that time"))
    story_taken_back = _count(_("consent for the story taken back, times"))
    story_returned = _count(_("story returned after that time"))
    # How often the case was hidden at once, and up to which of those times somebody
    # else has let it return.
    case_taken_back = _count(_("case hidden at once, times"))
    case_returned = _count(_("case returned after that time"))
    merged_into = decided(
        models.ForeignKey(
            "self",
            models.RESTRICT,
            null=True,
            blank=True,
            editable=False,
            related_name="merged_from",
            verbose_name=_("merged into"),
            help_text=_("Set by merging two cases, which moves what the case holds."),
        )
    )

    entered_name: str
    """Set by `name_unseen`."""

    kind = "prisoner"
    place = "prisoners"
    called_by = "desk"
    taken_back_when = (
        "NEW.name_withheld AND NOT OLD.name_withheld"
        " OR NOT OLD.told_without_name <@ NEW.told_without_name"
        " OR NEW.name_taken_back IS DISTINCT FROM OLD.name_taken_back"
        " OR NEW.story_taken_back IS DISTINCT FROM OLD.story_taken_back"
        " OR NEW.case_taken_back IS DISTINCT FROM OLD.case_taken_back"
    )
    hidden_when = "COALESCE(case_taken_back, 0) > COALESCE(case_returned, 0)"
    shown_where_named = ("visibility", "case_taken_back", "case_returned")

    class Meta:
        verbose_name = _("prisoner")
        verbose_name_plural = _("prisoners")
        ordering = ["-updated_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="prisoner_is_not_merged_into_itself",
                violation_error_message=_(
                    "Merged into: a case cannot be merged into itself."
                ),
            ),
            models.CheckConstraint(
                condition=Q(told_without_name=[])
                | Q(
                    told_without_name_reason__isnull=False,
                    told_without_name_reason__regex=r"\S",
                ),
                name="prisoner_tells_without_name_for_a_reason",
                violation_error_message=_(
                    "Why it may be told: more than country, years and status is told of"
                    " a case without a name only for a reason."
                ),
            ),
            models.CheckConstraint(
                condition=Q(age_as_stated__isnull=True) | Q(age_as_stated__lte=120),
                name="prisoner_age_as_stated_is_plausible",
                violation_error_message=_(
                    "Age as stated: an age is between 0 and 120."
                ),
            ),
        ]
        triggers = [
            *merging_triggers(),
            *taken_back_triggers(),
            *shown_person_goes(),
            person_goes_from_others(),
            *goes_as_relative(),
        ]
        permissions = [("hide_case", _("May hide a case at once"))]

    @property
    def is_hidden(self) -> bool:
        """At once, by somebody of the staff, and nobody has let it return."""
        return (self.case_taken_back or 0) > (self.case_returned or 0)

    def __str__(self) -> str:
        entry = getattr(self, "desk", None)
        name = entry.display_name if entry else self._name_until_the_gate_has_seen_it()
        return name or str(_("Prisoner %(id)s") % {"id": str(self.pk)[:8]})

    def _name_until_the_gate_has_seen_it(self) -> str:
        if not hasattr(self, "entered_name"):
            name_unseen([self])
        return self.entered_name

    def clean(self) -> None:
        if self.merged_into_id:
            raise ValidationError(MERGED)
        super().clean()


class PersonName(Part):
    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="names", verbose_name=_("prisoner")
    )
    value = models.CharField(_("name as written"), max_length=200)
    name_kind = filed(CodeField(_("kind"), vocabulary=NameKind))
    language = filed(
        models.CharField(
            _("language"),
            max_length=20,
            blank=True,
            help_text=_("Language and script, such as be, ru, en or be-Latn."),
        )
    )
    preferred = decided(
        models.BooleanField(
            _("preferred"),
            default=False,
            help_text=_("Shown as the title of the case."),
        )
    )

    place = "person-names"
    ordered_by = ("value",)

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        ordering = ["-preferred", "value", "id"]
        indexes = [
            parts_of_text("value", name="personname_search"),
            # To put all that a letter finds in order took longer than to find it.
            models.Index(fields=["value", "id"], name="personname_by_value"),
            models.Index(fields=["created_at", "id"], name="personname_by_time"),
            models.Index(fields=["updated_at", "id"], name="personname_by_change"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["prisoner"],
                condition=Q(preferred=True),
                name="prisoner_has_one_preferred_name",
                violation_error_message=_(
                    "Preferred: only one name of a case can be the preferred one."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(value__regex=r"^\s*$"),
                name="personname_value_is_not_empty",
                violation_error_message=_("Name as written: a name cannot be empty."),
            ),
            models.CheckConstraint(
                condition=Q(language="")
                | Q(language__regex=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"),
                name="personname_language_is_a_bcp47_tag",
                violation_error_message=_(
                    "Language: write a language tag such as be, ru, en or be-Latn."
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.value


def name_unseen(prisoners: "Iterable[Prisoner]") -> None:
    """Gives those a name that the gate has not seen yet: in a list, with one query."""
    unseen: dict[UUID, Prisoner] = {}
    for prisoner in prisoners:
        if getattr(prisoner, "desk", None) is None:
            prisoner.entered_name = ""
            unseen[prisoner.pk] = prisoner
    if not unseen:
        return
    names = PersonName.objects.filter(prisoner__in=unseen)
    # The last one that is set is the one that is shown.
    for case_id, value in names.order_by("preferred", "-pk").values_list(
        "prisoner", "value"
    ):
        unseen[case_id].entered_name = value


class _NamedOn(Func):
    """Who alone sees a case; nobody in it: everyone does."""

    function = "public.cases_named_on"
    output_field = ArrayField(models.IntegerField())


class Identifier(Part):
    """The number of the case in somebody's list: ours, a court's, another
    organisation's.
    """

    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="identifiers", verbose_name=_("prisoner")
    )
    scheme = models.CharField(_("scheme"), max_length=60)
    value = models.CharField(_("value"), max_length=200)
    owner_organisation = models.CharField(
        _("whose identifier"),
        max_length=200,
        blank=True,
        help_text=_("Leave empty for our own. Others' are never published."),
    )

    place = "identifiers"
    ordered_by = ("scheme", "value")

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        ordering = ["scheme", "value", "id"]
        indexes = [
            parts_of_text("value", name="identifier_search"),
            models.Index(
                fields=["scheme", "value", "owner_organisation"],
                name="identifier_by_value",
            ),
        ]
        triggers = [GIVEN_ONCE]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    def clean(self) -> None:
        """Asked here for its sentence; the database asks again (cases/triggers/named.py)."""
        super().clean()
        alike = Identifier._base_manager.filter(
            scheme=self.scheme,
            value=self.value,
            owner_organisation=self.owner_organisation,
        ).exclude(pk=self.pk)
        own = Value(self.prisoner_id, output_field=models.UUIDField())
        both = alike.annotate(named=_NamedOn("prisoner_id"), named_here=_NamedOn(own))
        clashing = Q(prisoner=self.prisoner_id) | Q(named=[], named_here=[])
        if both.filter(clashing).exists():
            raise ValidationError(
                {"value": _("Value: this identifier is already given to a case.")}
            )


class Recognition(Part):
    """What an organisation decided about calling this person a political prisoner, and
    on which ground.
    """

    prisoner = models.ForeignKey(
        Prisoner,
        models.CASCADE,
        related_name="recognitions",
        verbose_name=_("prisoner"),
    )
    organisation = models.CharField(_("organisation"), max_length=200)
    outcome = CodeField(_("outcome"), vocabulary=RecognitionOutcome, null=False)
    # “Arbitrarily detained, category II” is no recognition as a political prisoner.
    category = LaterText(
        _("category"),
        max_length=200,
        help_text=_("As the body calls it: category II; prisoner of conscience."),
    )
    decided_on = outside_life(EDTFField(_("decided")))
    criteria = CodesField(
        _("criteria"),
        vocabulary=RecognitionCriterion,
        help_text=_("Of PACE Resolution 1900 (2012), paragraph 3."),
    )
    reason = models.TextField(_("reason"), blank=True)

    place = "recognitions"
    ordered_by = ("organisation",)

    class Meta:
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        ordering = ["organisation", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=RecognitionOutcome.OWN_CATEGORY)
                | Q(category__isnull=False),
                name="recognition_in_a_category_names_it",
                violation_error_message=_(
                    "Category: say which one, as the body calls it."
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation}: {self.get_outcome_display()}"


class Designation(Part):
    """An authority put this person on a list. It is the authority's word, and no fact
    about the person: so none is recorded without the authority.
    """

    prisoner = models.ForeignKey(
        Prisoner,
        models.CASCADE,
        related_name="designations",
        verbose_name=_("prisoner"),
    )
    authority = models.CharField(_("listed by"), max_length=200)
    list_kind = CodeField(_("kind of list"), vocabulary=ListKind)
    list_as_stated = models.CharField(
        _("list as stated by a source"),
        max_length=300,
        blank=True,
        help_text=_("The number on the list is an identifier: it names the person."),
    )
    country = CodeField(_("country"), vocabulary=Country)
    from_on = outside_life(EDTFField(_("from")))
    to_on = outside_life(EDTFField(_("to")))

    place = "designations"
    ordered_by = ("authority",)

    class Meta:
        verbose_name = _("listing by an authority")
        verbose_name_plural = _("listings by authorities")
        ordering = [F("from_on_earliest").asc(nulls_first=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(authority__regex=r"^\s*$"),
                name="designation_is_somebody_s_word",
                violation_error_message=_(
                    "Listed by: say which authority listed the person."
                ),
            ),
            ends_not_before_starts(
                "from_on",
                "to_on",
                _("To: a listing cannot end before it begins."),
            ),
        ]

    def __str__(self) -> str:
        listed_by = _("listed by %(authority)s") % {"authority": self.authority}
        kind = self.get_list_kind_display()
        return f"{listed_by}: {kind}" if kind else listed_by


class PersonalDetail(Part):
    """What colleagues must know to help, and what hurts if it is known outside: health,
    children, belief. Of one that a consent names, its kind, its days and the words in
    `told_as` are published; nothing else, and no citation of it.
    """

    prisoner = models.ForeignKey(
        Prisoner,
        models.CASCADE,
        related_name="personal_details",
        verbose_name=_("prisoner"),
    )
    detail_kind = CodeField(_("about what"), vocabulary=PersonalDetailKind, null=False)
    since_on = EDTFField(_("since"))
    until_on = EDTFField(_("until"))
    detail = unsearched(
        models.TextField(
            _("what is known"),
            help_text=_(
                "What somebody who helps must know, and no diagnosis. Of an ethnic group"
                " or a belief, what the person says; if others say it, cite them."
            ),
        )
    )

    told_as = LaterText(
        _("words that may be told"),
        max_length=200,
        help_text=_(
            "Readers are told these words only while a consent names this detail. Of"
            " health, disability and pregnancy they are told the kind and the days, and"
            " no words. Whoever changes these words needs a new consent."
        ),
    )

    place = "personal-details"
    stays_inside = True
    told_by_consent = True

    class Meta:
        verbose_name = _("personal detail")
        verbose_name_plural = _("personal details")
        ordering = ["detail_kind", F("since_on_earliest").asc(nulls_last=True), "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(detail__regex=r"^\s*$"),
                name="personaldetail_says_something",
                violation_error_message=_("What is known: say it in a few words."),
            ),
            models.CheckConstraint(
                condition=Q(told_as__isnull=True) | ~Q(detail_kind__in=WITHOUT_WORDS),
                name="personaldetail_tells_no_diagnosis",
                violation_error_message=_(
                    "Words that may be told: of health, disability and pregnancy only"
                    " the kind and the days may be told, and of something else nothing."
                ),
            ),
            ends_not_before_starts(
                "since_on",
                "until_on",
                _("Until: it cannot end before it begins."),
            ),
        ]

        triggers = [told_otherwise()]

    def __str__(self) -> str:
        kind = str(self.get_detail_kind_display())
        return f"{kind}, {self.since_on}" if self.since_on else kind


class Consent(Part):
    """What the person, or someone for them, allowed to be said. Never published itself."""

    prisoner = models.ForeignKey(
        Prisoner, models.CASCADE, related_name="consents", verbose_name=_("prisoner")
    )
    given_by = models.CharField(_("given by"), max_length=200, blank=True)
    subject = CodeField(_("for what"), vocabulary=ConsentSubject, null=False)
    audience = CodeField(
        _("to whom it may be shown"), vocabulary=ConsentAudience, null=False
    )
    given_on = outside_life(EDTFField(_("given")))
    given_how = models.CharField(
        _("how it was given"),
        max_length=200,
        blank=True,
        help_text=_("Such as: in a letter, by telephone, through the lawyer."),
    )
    withdrawn_on = outside_life(EDTFField(_("withdrawn")))
    personal_detail = models.ForeignKey(
        PersonalDetail,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("for which personal detail"),
        help_text=_(
            "For health, for ethnic group and religion, and for relatives: the one"
            " detail that may be told. Another one needs a consent of its own."
        ),
    )
    # Decided: what a source states would stand in the citation, too, with the id.
    related_case = decided(
        models.ForeignKey(
            Prisoner,
            models.SET_NULL,
            null=True,
            blank=True,
            related_name="consents_naming_it",
            verbose_name=_("for which other case"),
            help_text=_(
                "For relatives: the case of a relative. Each of the two is told as"
                " related to the other only while a consent of each names the other,"
                " and both are shown with their names. How they are related is never"
                " told."
            ),
        )
    )
    is_over = decided(
        unsearched(
            models.BooleanField(
                _("over for good"),
                default=False,
                editable=False,
                help_text=_(
                    "Set by the database: it was taken back once, or it was given for"
                    " something else. Nothing is told under it any more."
                ),
            )
        )
    )
    after_taken_back = inside(
        unsearched(
            models.PositiveIntegerField(
                _("entered after that withdrawal"),
                null=True,
                blank=True,
                editable=False,
                help_text=_("Set by the database: is this consent new?"),
            )
        )
    )

    place = "consents"
    stays_inside = True
    taken_back_when = (
        "NEW.withdrawn_on IS NOT NULL AND OLD.withdrawn_on IS NULL"
        " OR NEW.is_over AND NOT OLD.is_over"
    )

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["subject", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(personal_detail__isnull=True)
                | Q(subject__in=sorted(set(TOLD_UNDER.values()))),
                name="consent_of_this_subject_names_no_detail",
                violation_error_message=NOT_FOR_THIS_DETAIL,
            ),
            models.CheckConstraint(
                condition=Q(related_case__isnull=True)
                | Q(
                    ~Q(related_case=F("prisoner")),
                    subject=ConsentSubject.RELATIVES.value,
                    personal_detail__isnull=True,
                ),
                name="consent_of_this_kind_names_no_case",
                violation_error_message=NOT_FOR_THIS_CASE,
            ),
        ]
        triggers = [
            *consent_triggers(),
            *consent_ends(),
            photo_consent_goes(),
            NAMED_IS_NOT_RELATED,
            relative_goes(),
        ]

    def __str__(self) -> str:
        said = f"{self.get_subject_display()} ({self.get_audience_display()})"
        if self.is_over:
            return f"{said}: {_('over for good')}"
        return said

    def clean(self) -> None:
        """Asked here for its sentence; the gate asks again."""
        super().clean()
        self._clean_related_case()
        detail = self.personal_detail
        if detail is None:
            return
        is_of_this_case = detail.prisoner_id == self.prisoner_id
        if not is_of_this_case or TOLD_UNDER.get(detail.detail_kind) != self.subject:
            raise ValidationError({"personal_detail": NOT_FOR_THIS_DETAIL})

    def _clean_related_case(self) -> None:
        other = self.related_case
        if other is None:
            return
        is_the_same = other.pk == self.prisoner_id
        is_of_relatives = self.subject == ConsentSubject.RELATIVES
        if is_the_same or not is_of_relatives or self.personal_detail_id:
            raise ValidationError({"related_case": NOT_FOR_THIS_CASE})
        if other.merged_into_id:
            raise ValidationError({"related_case": MERGED_AWAY})
        if _is_open_to_few(other.pk):
            raise ValidationError({"related_case": OPEN_TO_FEW})


def _is_open_to_few(case_id: UUID) -> bool:
    namings: Any = apps.get_model("cases", "NamedStaff")._default_manager
    latest = namings.filter(case_id=case_id).first()
    return latest is not None and bool(latest.staff)
