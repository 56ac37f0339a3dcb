"""The case page, where a documenter spends the day."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.desk.admin.arranging import FOR_THE_DESK, HOUSEKEEPING, MORE
from cases.desk.admin.assigned_several import AssignedSeveral
from cases.desk.admin.base import PartAdmin, StackedPart, TabularPart
from cases.desk.admin.consent import WithConsentHelp
from cases.desk.admin.evidence import WithEvidencePack
from cases.desk.admin.file import CaseFile
from cases.desk.admin.filters import (
    CodeFilter,
    CodesFilter,
    HiddenFilter,
    NotHeardOfFilter,
    OpenQuestionsFilter,
    StatusFilter,
    TodoFilter,
    WaitsFilter,
    YearFilter,
)
from cases.desk.admin.groups import WithGroups
from cases.desk.admin.hiding import Hideable
from cases.desk.admin.merging import Mergeable
from cases.desk.admin.named import WithNamedStaff
from cases.desk.admin.names import NameForm, NamesFormSet
from cases.desk.admin.nouns.court import ProsecutionInline
from cases.desk.admin.nouns.custody import ChargeInline, DetentionInline, SentenceInline
from cases.desk.admin.nouns.happenings import (
    ARRESTED,
    CHARGED,
    DIED,
    EXPELLED,
    HEARD_OF,
    MOVED,
    RELEASED,
    SENTENCED,
)
from cases.desk.admin.nouns.release import (
    DeportationInline,
    ReleaseInline,
    SightingInline,
    WhereaboutsInline,
)
from cases.desk.admin.persons import KnowingPeople
from cases.desk.admin.root import RootAdmin
from cases.desk.admin.same_fact import SameFact
from cases.desk.admin.saving import SavesFilters
from cases.desk.admin.seen_by_several import SeenBySeveral
from cases.desk.admin.working import Worked
from cases.desk.searching import cases_found, cases_nearly
from cases.models import (
    Consent,
    Designation,
    Identifier,
    NationalityChange,
    PersonalDetail,
    PersonName,
    Prisoner,
    Recognition,
)
from cases.sourcing import Question
from cases.telling_apart import status_in_words
from cases.words import shown
from tracker.nearest import How, Match


def _nearly_in_words(term: str, match: Match) -> str:
    sentence = gettext(
        "No case has every word of “%(term)s”. These names have most of its words, or are"
        " spelled nearly so: %(names)s."
    )
    if match.how == How.WHOLE_NAME:
        sentence = gettext(
            "No case has every word of “%(term)s”. These names are wholly in it:"
            " %(names)s."
        )
    names = dict.fromkeys(match.names.values())
    return sentence % {"term": term, "names": ", ".join(names)}


class NameInline(TabularPart):
    model = PersonName
    form = NameForm
    formset = NamesFormSet
    fields = ["value", "name_kind", "language", "preferred", "visibility"]

    def get_extra(
        self, request: HttpRequest, obj: Prisoner | None = None, **kwargs: object
    ) -> int:
        if obj:
            return 0
        return 1


class IdentifierInline(TabularPart):
    model = Identifier
    fields = ["scheme", "value", "owner_organisation", "visibility"]


class RecognitionInline(StackedPart):
    model = Recognition
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("organisation", "outcome", "decided_on"),
                    ("category", "criteria"),
                    "reason",
                ]
            },
        ),
        (MORE, {"fields": ["visibility"], "classes": ["collapse"]}),
        FOR_THE_DESK,
    ]


_LISTING: list[str | list[str] | tuple[str, ...] | tuple[()]] = [
    ("authority", "list_kind"),
    "list_as_stated",
    ("country", "from_on", "to_on"),
    "visibility",
]


class DesignationInline(StackedPart):
    model = Designation
    fieldsets = [(None, {"fields": _LISTING}), FOR_THE_DESK]


class PersonalDetailInline(StackedPart):
    model = PersonalDetail
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("detail_kind", "since_on", "until_on"),
                    "detail",
                    "told_as",
                ],
                "description": _(
                    "For the desk alone, until a consent below names it. Readers are then"
                    " told about what it is, since when and until when, and the words"
                    " that may be told; never what is known, and no source."
                ),
            },
        ),
        FOR_THE_DESK,
    ]


class ConsentInline(WithConsentHelp, StackedPart):
    model = Consent
    fk_name = "prisoner"
    autocomplete_fields = ["related_case"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("subject", "personal_detail"),
                    "related_case",
                    "audience",
                    ("given_by", "given_on"),
                    "given_how",
                    "withdrawn_on",
                ]
            },
        )
    ]


class NationalityChangeInline(TabularPart):
    model = NationalityChange
    fields = ["country", "event", "happened_on", "visibility"]


@admin.register(Prisoner)
class PrisonerAdmin(
    WithGroups,
    KnowingPeople,
    CaseFile,
    Hideable,
    Worked,
    SavesFilters,
    SeenBySeveral,
    AssignedSeveral,
    WithNamedStaff,
    WithEvidencePack,
    Mergeable,
    SameFact,
    RootAdmin,
):
    list_display = [
        "name",
        "status",
        "questions",
        "visibility",
        "waits",
        "occupation_names",
        "changed",
    ]
    list_filter = [
        TodoFilter,
        StatusFilter,
        NotHeardOfFilter,
        WaitsFilter,
        HiddenFilter,
        OpenQuestionsFilter,
        ("visibility", CodeFilter),
        ("sex", CodeFilter),
        ("occupations", CodesFilter),
        ("citizenships", CodesFilter),
        ("recognitions__outcome", CodeFilter),
        ("detentions__started_on", YearFilter),
        ("detentions__ground", CodeFilter),
        "detentions__placements__facility",
        ("sentences__handed_down_on", YearFilter),
        ("sentences__punishment", CodeFilter),
        ("sentences__further_punishments__punishment", CodeFilter),
        "releases__release_event",
        ("releases__released_on", YearFilter),
        ("releases__ground", CodeFilter),
        ("deportations__outcome", CodeFilter),
        ("deportations__passport_fate", CodeFilter),
        ("death_in_custody", CodeFilter),
        ("name_withheld", admin.BooleanFieldListFilter),
        ("merged_into", admin.EmptyFieldListFilter),
    ]
    search_fields = ["names__value"]
    search_help_text = _("A name in any spelling, or an identifier.")
    inlines = [
        NameInline,
        DetentionInline,
        ChargeInline,
        SentenceInline,
        ProsecutionInline,
        ReleaseInline,
        DeportationInline,
        WhereaboutsInline,
        SightingInline,
        RecognitionInline,
        DesignationInline,
        IdentifierInline,
        NationalityChangeInline,
        PersonalDetailInline,
        ConsentInline,
    ]
    happenings = (
        ARRESTED,
        MOVED,
        CHARGED,
        SENTENCED,
        RELEASED,
        EXPELLED,
        HEARD_OF,
        DIED,
    )
    fieldsets = [
        (None, {"fields": [("visibility", "name_withheld"), "summary"]}),
        (
            _("Told while the name is not"),
            {
                "fields": ["told_without_name", "told_without_name_reason"],
                "classes": ["collapse"],
            },
        ),
        (
            _("The person"),
            {
                "fields": [
                    ("sex", "born_on"),
                    ("age_as_stated", "age_stated_on"),
                    "affiliation",
                    "occupations",
                    "citizenships",
                ]
            },
        ),
        (MORE, {"fields": ["position", "stateless"], "classes": ["collapse"]}),
        (
            _("Death"),
            {
                "fields": [
                    ("died_on", "death_in_custody", "executed"),
                    "cause_of_death_by_authorities",
                    "cause_of_death_by_family",
                ],
                "classes": ["collapse"],
            },
        ),
        (
            _("Checking"),
            {
                "fields": [("last_verified_on", "stated_end_of_term")],
                "classes": ["collapse"],
            },
        ),
        FOR_THE_DESK,
        HOUSEKEEPING,
    ]
    exported = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Prisoner]:
        return super().get_queryset(request).select_related("desk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Prisoner], search_term: str
    ) -> tuple[QuerySet[Prisoner], bool]:
        """A name in any spelling, as written, or an identifier. Where a page can say so,
        those who are nearest if there is none.
        """
        term = search_term.strip()
        if not term:
            return queryset, False
        case_ids = cases_found(term)
        if not case_ids and self._is_the_list(request):
            near = cases_nearly(term, queryset)
            case_ids = {*near.names}
            if case_ids:
                messages.warning(request, _nearly_in_words(term, near))
        return queryset.filter(pk__among=case_ids), False

    def _is_the_list(self, request: HttpRequest) -> bool:
        return request.method == "GET" and request.path == reverse(
            "admin:cases_prisoner_changelist"
        )

    @admin.display(description=_("name"), ordering="desk__display_name")
    def name(self, prisoner: Prisoner) -> str:
        return str(prisoner)

    @admin.display(description=_("status"))
    def status(self, prisoner: Prisoner) -> str:
        return status_in_words(prisoner)

    @admin.display(description=_("open questions"))
    def questions(self, prisoner: Prisoner) -> str:
        entry = getattr(prisoner, "desk", None)
        if not entry:
            return ""
        counts = entry.open_questions
        questions = []
        for code, label in Question.choices:
            if code in counts:
                questions.append(f"{label}: {counts[code]}")
        return "; ".join(questions)

    @admin.display(description=_("last changed"), ordering="updated_at")
    def changed(self, prisoner: Prisoner) -> str:
        return date_format(prisoner.updated_at, "SHORT_DATE_FORMAT")

    @admin.display(description=_("occupations"))
    def occupation_names(self, prisoner: Prisoner) -> str:
        return shown(Prisoner._meta.get_field("occupations"), prisoner.occupations)


@admin.register(PersonName)
class PersonNameAdmin(PartAdmin):
    list_display = ["value", "case", "name_kind", "language", "preferred", "visibility"]
    list_filter = [
        ("name_kind", CodeFilter),
        "preferred",
        ("visibility", CodeFilter),
        "language",
    ]
    search_fields = ["value"]


@admin.register(Identifier)
class IdentifierAdmin(PartAdmin):
    list_display = ["value", "scheme", "owner_organisation", "case"]
    list_filter = ["scheme", "owner_organisation"]
    search_fields = ["value"]


@admin.register(Recognition)
class RecognitionAdmin(PartAdmin):
    list_display = ["case", "organisation", "outcome", "decided_on"]
    list_filter = [
        ("outcome", CodeFilter),
        ("criteria", CodesFilter),
        ("decided_on", YearFilter),
        "organisation",
    ]
    search_fields = ["prisoner__names__value", "organisation"]
    exported = True


@admin.register(Designation)
class DesignationAdmin(PartAdmin):
    list_display = ["case", "authority", "list_kind", "from_on", "to_on"]
    list_filter = [
        ("list_kind", CodeFilter),
        ("country", CodeFilter),
        ("from_on", YearFilter),
        "authority",
    ]
    search_fields = ["prisoner__names__value", "authority"]
    fields = ["case", *_LISTING, "internal_notes"]
    exported = True


@admin.register(PersonalDetail)
class PersonalDetailAdmin(PartAdmin):
    # What it says stands on its page: cases/desk/listing.py.
    list_display = ["case"]
    list_filter = [("detail_kind", CodeFilter)]
    search_fields = ["prisoner__names__value"]


@admin.register(NationalityChange)
class NationalityChangeAdmin(PartAdmin):
    list_display = ["case", "country", "event", "happened_on"]
    list_filter = [("event", CodeFilter), ("country", CodeFilter)]
    search_fields = ["prisoner__names__value"]
    exported = True


@admin.register(Consent)
class ConsentAdmin(WithConsentHelp, PartAdmin):
    autocomplete_fields = ["related_case"]
    # What it says stands on its page: cases/desk/listing.py.
    list_display = ["case"]
    list_filter = [
        ("subject", CodeFilter),
        ("audience", CodeFilter),
        ("withdrawn_on", admin.EmptyFieldListFilter),
    ]
    search_fields = ["prisoner__names__value"]
    fields = [
        "case",
        "subject",
        "personal_detail",
        "related_case",
        "audience",
        "given_by",
        "given_on",
        "given_how",
        "withdrawn_on",
        "internal_notes",
    ]
