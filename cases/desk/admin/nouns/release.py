"""Releases, deportations, and those of whom nobody has heard, or somebody has."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from cases.desk.admin.arranging import FOR_THE_DESK, MORE, Fieldset
from cases.desk.admin.base import PartAdmin, StackedPart
from cases.desk.admin.filters import CodeFilter, YearFilter
from cases.models import Deportation, Release, Sighting, Whereabouts

RELEASE_FIELDSETS: list[Fieldset] = [
    (
        None,
        {
            "fields": [
                ("released_on", "ground", "to_liberty"),
                "release_event",
                "conditions",
            ]
        },
    ),
    (
        _("Remaining term"),
        {
            "fields": [("remaining_months", "remaining_days", "remaining_as_stated")],
            "classes": ["collapse"],
        },
    ),
    (
        _("Bail and restrictions"),
        {
            "fields": ["restrictions", ("bail_amount", "bail_currency")],
            "classes": ["collapse"],
        },
    ),
    (
        MORE,
        {
            "fields": [
                ("ordered_on", "carried_out", "revoked_on"),
                "after",
                "visibility",
            ],
            "classes": ["collapse"],
        },
    ),
    FOR_THE_DESK,
]
DEPORTATION_FIELDSETS: list[Fieldset] = [
    (
        None,
        {
            "fields": [
                ("outcome", "deported_on", "release"),
                ("from_country", "to_country", "crossing"),
                ("own_national", "coercion"),
            ]
        },
    ),
    (
        _("Documents"),
        {
            "fields": [
                ("passport_fate", "valid_identity_document"),
                ("replacement_document", "document_issuer", "document_handed_over_by"),
                "may_return",
            ]
        },
    ),
    (
        MORE,
        {
            "fields": [
                ("from_place", "to_place"),
                "voluntary",
                "after",
                "visibility",
            ],
            "classes": ["collapse"],
        },
    ),
    FOR_THE_DESK,
]


class ReleaseInline(StackedPart):
    model = Release
    autocomplete_fields = ["release_event"]
    fieldsets = RELEASE_FIELDSETS


class DeportationInline(StackedPart):
    model = Deportation
    fieldsets = DEPORTATION_FIELDSETS


class WhereaboutsInline(StackedPart):
    model = Whereabouts
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("last_seen_on", "last_seen_where"),
                    ("no_contact_since", "place_known"),
                ]
            },
        ),
        (MORE, {"fields": ["after", "visibility"], "classes": ["collapse"]}),
        FOR_THE_DESK,
    ]


class SightingInline(StackedPart):
    model = Sighting
    autocomplete_fields = ["facility"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("heard_on", "how"),
                    ("heard_where", "facility"),
                    "visibility",
                ]
            },
        ),
        (MORE, {"fields": ["after"], "classes": ["collapse"]}),
        FOR_THE_DESK,
    ]


@admin.register(Release)
class ReleaseAdmin(PartAdmin):
    list_display = ["case", "released_on", "ground", "release_event", "to_liberty"]
    list_filter = [
        "release_event",
        ("ground", CodeFilter),
        ("released_on", YearFilter),
        ("to_liberty", CodeFilter),
    ]
    list_select_related = ["release_event"]
    search_fields = ["prisoner__names__value"]
    autocomplete_fields = ["release_event"]
    fieldsets = [(None, {"fields": ["case"]}), *RELEASE_FIELDSETS]
    exported = True


@admin.register(Deportation)
class DeportationAdmin(PartAdmin):
    list_display = [
        "case",
        "outcome",
        "deported_on",
        "from_country",
        "to_country",
        "passport_fate",
    ]
    list_filter = [
        ("outcome", CodeFilter),
        ("deported_on", YearFilter),
        ("from_country", CodeFilter),
        ("to_country", CodeFilter),
        ("own_national", CodeFilter),
        ("passport_fate", CodeFilter),
        ("may_return", CodeFilter),
    ]
    search_fields = ["prisoner__names__value", "crossing", "replacement_document"]
    fieldsets = [(None, {"fields": ["case"]}), *DEPORTATION_FIELDSETS]
    exported = True


@admin.register(Whereabouts)
class WhereaboutsAdmin(PartAdmin):
    list_display = ["case", "last_seen_on", "last_seen_where", "no_contact_since"]
    list_filter = [("last_seen_on", YearFilter), ("no_contact_since", YearFilter)]
    search_fields = ["prisoner__names__value", "last_seen_where"]
    fields = [
        "case",
        "last_seen_on",
        "last_seen_where",
        "no_contact_since",
        "place_known",
        "after",
        "visibility",
        "internal_notes",
    ]
    exported = True


@admin.register(Sighting)
class SightingAdmin(PartAdmin):
    list_display = ["case", "heard_on", "how", "heard_where", "facility", "visibility"]
    list_filter = [
        ("how", CodeFilter),
        ("heard_on", YearFilter),
        ("visibility", CodeFilter),
    ]
    list_select_related = ["facility"]
    search_fields = ["prisoner__names__value", "heard_where"]
    autocomplete_fields = ["facility"]
    fields = [
        "case",
        ("heard_on", "how"),
        ("heard_where", "facility"),
        "after",
        "visibility",
        "internal_notes",
    ]
    exported = True
