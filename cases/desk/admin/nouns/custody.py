"""Detentions with their placements, charges, sentences."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.desk.admin.arranging import FOR_THE_DESK, MORE, Fieldset
from cases.desk.admin.base import PartAdmin, StackedPart, TabularPart, case_url
from cases.desk.admin.filters import CodeFilter, CodesFilter, YearFilter
from cases.desk.admin.nouns.happenings import MOVED
from cases.models import (
    Charge,
    ChargeDecision,
    Detention,
    DetentionOrder,
    FurtherPunishment,
    Placement,
    Sentence,
)

_MAIN: list[str | tuple[str, ...]] = [
    ("decision", "punishment", "regime"),
    ("term_months", "term_months_to", "term_days", "term_as_stated"),
    ("amount", "currency", "particulars_as_stated"),
    ("court", "handed_down_on", "in_force_on"),
    ("execution", "legal_force"),
    "charges",
]
SENTENCE_FIELDSETS: list[Fieldset] = [
    (
        None,
        {"fields": _MAIN},
    ),
    (
        MORE,
        {
            "fields": [
                ("in_absentia", "closed_hearing"),
                ("replaces", "adds_to", "runs"),
                ("counted_from", "set_aside_on"),
                ("enforceable_months", "enforceable_days"),
                ("indeterminate", "hard_labour"),
                "after",
                "visibility",
            ],
            "classes": ["collapse"],
        },
    ),
    FOR_THE_DESK,
]


class DetentionInline(TabularPart):
    """Where the person was held is entered on the detention's own page."""

    model = Detention
    fields = [
        "started_on",
        "ended_on",
        "ground",
        "authority",
        "term_days",
        "places",
        "visibility",
    ]
    readonly_fields = ["places"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Detention]:
        return super().get_queryset(request).prefetch_related("placements__facility")

    @admin.display(description=gettext_lazy("places"))
    def places(self, detention: Detention) -> str:
        if detention._state.adding:
            return _("Save first; then add the places.")
        held = "; ".join(str(placement) for placement in detention.placements.all())
        return format_html(
            '{} <a href="{}#placements-heading">{}</a>',
            held,
            case_url(detention),
            _("Add or change"),
        )


class PlacementInline(StackedPart):
    model = Placement
    autocomplete_fields = ["facility"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("facility", "place_kind"),
                    ("from_on", "to_on"),
                    "conditions",
                ]
            },
        ),
        (
            MORE,
            {
                "fields": [
                    "transfer_reason",
                    ("country", "region", "place_as_stated"),
                    "duration_as_stated",
                    "visibility",
                    "internal_notes",
                ],
                "classes": ["collapse"],
            },
        ),
    ]


class DetentionOrderInline(TabularPart):
    model = DetentionOrder
    fields = ["ordered_on", "from_on", "to_on", "authority", "visibility"]


class ChargeInline(TabularPart):
    """What was decided on which day is entered on the charge's own page."""

    model = Charge
    fields = [
        "code",
        "article",
        "label_as_stated",
        "brought_on",
        "outcome",
        "decided",
        "visibility",
    ]
    readonly_fields = ["decided"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Charge]:
        return super().get_queryset(request).prefetch_related("decisions")

    @admin.display(description=gettext_lazy("decisions"))
    def decided(self, charge: Charge) -> str:
        if charge._state.adding:
            return _("Save first; then add what was decided.")
        decisions = "; ".join(str(decision) for decision in charge.decisions.all())
        return format_html(
            '{} <a href="{}#decisions-heading">{}</a>',
            decisions,
            case_url(charge),
            _("Add or change"),
        )


class ChargeDecisionInline(TabularPart):
    model = ChargeDecision
    fields = ["outcome", "decided_on", "instance", "authority", "visibility"]


class SentenceInline(StackedPart):
    """What the same decision orders beside the main punishment is entered on the
    sentence's own page.
    """

    model = Sentence
    fieldsets = [
        (None, {"fields": [*_MAIN, "further"]}),
        *SENTENCE_FIELDSETS[1:],
    ]
    readonly_fields = ["further"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sentence]:
        rows = super().get_queryset(request)
        return rows.prefetch_related("charges", "further_punishments")

    @admin.display(description=gettext_lazy("further punishments"))
    def further(self, sentence: Sentence) -> str:
        if sentence._state.adding:
            return _("Save first; then add what else the court ordered.")
        ordered = "; ".join(str(row) for row in sentence.further_punishments.all())
        return format_html(
            '{} <a href="{}#further_punishments-heading">{}</a>',
            ordered,
            case_url(sentence),
            _("Add or change"),
        )


class FurtherPunishmentInline(StackedPart):
    model = FurtherPunishment
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "punishment",
                    ("amount", "currency", "particulars_as_stated"),
                    ("term_months", "term_months_to", "term_days", "term_as_stated"),
                ]
            },
        ),
        (
            MORE,
            {"fields": ["visibility", "internal_notes"], "classes": ["collapse"]},
        ),
    ]


@admin.register(Detention)
class DetentionAdmin(PartAdmin):
    list_display = ["case", "started_on", "ended_on", "ground", "authority"]
    list_filter = [
        ("ground", CodeFilter),
        ("detaining_party", CodeFilter),
        ("arrest_country", CodeFilter),
        ("started_on", YearFilter),
        ("ended_on", YearFilter),
    ]
    search_fields = ["prisoner__names__value", "authority"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "case",
                    ("started_on", "ended_on"),
                    "ground",
                    "authority",
                    "term_days",
                    "after",
                    "visibility",
                    "internal_notes",
                ]
            },
        ),
        (
            gettext_lazy("Where the person was taken, and by whom"),
            {
                "fields": [
                    "arrest_country",
                    ("arrest_region", "arrest_place_as_stated"),
                    "detaining_party",
                ],
                "classes": ["collapse"],
            },
        ),
    ]
    inlines = [PlacementInline, DetentionOrderInline]
    happenings = (MOVED,)
    exported = True


@admin.register(DetentionOrder)
class DetentionOrderAdmin(PartAdmin):
    list_display = ["case", "ordered_on", "from_on", "to_on", "authority"]
    list_filter = [("ordered_on", YearFilter), ("to_on", YearFilter)]
    search_fields = ["detention__prisoner__names__value", "authority"]
    fields = [
        "case",
        "detention",
        "ordered_on",
        ("from_on", "to_on"),
        "authority",
        "visibility",
        "internal_notes",
    ]
    exported = True


@admin.register(Placement)
class PlacementAdmin(PartAdmin):
    list_display = ["case", "facility", "place_kind", "from_on", "to_on"]
    list_filter = [
        "facility",
        ("place_kind", CodeFilter),
        ("conditions", CodesFilter),
        ("from_on", YearFilter),
    ]
    list_select_related = ["facility"]
    search_fields = ["detention__prisoner__names__value"]
    autocomplete_fields = ["facility"]
    fields = [
        "case",
        "detention",
        ("facility", "place_kind"),
        ("country", "region", "place_as_stated"),
        ("from_on", "to_on"),
        "transfer_reason",
        "conditions",
        "duration_as_stated",
        "visibility",
        "internal_notes",
    ]
    exported = True


@admin.register(Charge)
class ChargeAdmin(PartAdmin):
    list_display = ["case", "article", "label_as_stated", "brought_on", "outcome"]
    list_filter = [
        ("outcome", CodeFilter),
        ("brought_on", YearFilter),
        "code",
        "article",
    ]
    search_fields = ["prisoner__names__value", "article", "label_as_stated"]
    inlines = [ChargeDecisionInline]
    exported = True


@admin.register(ChargeDecision)
class ChargeDecisionAdmin(PartAdmin):
    list_display = ["case", "charge", "outcome", "decided_on", "instance", "authority"]
    list_filter = [
        ("outcome", CodeFilter),
        ("instance", CodeFilter),
        ("decided_on", YearFilter),
    ]
    list_select_related = ["charge"]
    search_fields = ["charge__prisoner__names__value", "authority"]
    exported = True


@admin.register(Sentence)
class SentenceAdmin(PartAdmin):
    list_display = [
        "case",
        "punishment",
        "term_as_stated",
        "term_months",
        "court",
        "handed_down_on",
        "decision",
    ]
    list_filter = [
        ("punishment", CodeFilter),
        ("decision", CodeFilter),
        ("regime", CodeFilter),
        ("execution", CodeFilter),
        ("legal_force", CodeFilter),
        ("handed_down_on", YearFilter),
        "in_absentia",
    ]
    search_fields = ["prisoner__names__value", "court"]
    fieldsets = [(None, {"fields": ["case"]}), *SENTENCE_FIELDSETS]
    inlines = [FurtherPunishmentInline]
    exported = True


@admin.register(FurtherPunishment)
class FurtherPunishmentAdmin(PartAdmin):
    list_display = ["case", "punishment", "term_as_stated", "amount", "currency"]
    list_filter = [("punishment", CodeFilter), "currency"]
    search_fields = ["sentence__prisoner__names__value"]
    fields = [
        "case",
        "sentence",
        "punishment",
        ("amount", "currency", "particulars_as_stated"),
        ("term_months", "term_months_to", "term_days", "term_as_stated"),
        "visibility",
        "internal_notes",
    ]
    exported = True
