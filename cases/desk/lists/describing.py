"""What a program hands in with a list and is answered, for the description in OpenAPI."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    extend_schema_serializer,
)
from rest_framework import serializers

from cases.desk.lists.models import RowState, Verdict

AT_ONCE = [Verdict.NEW.value, Verdict.DIFFERS.value, Verdict.SAME.value]
_STATE: dict[str, Any] = {
    "id": "0a4f8a52-6a8e-4f0f-9a37-1f7a4dd0a6c1",
    "owner": "Example Rights Centre",
    "title": "A list of May",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "rows": 300,
    "to_compare": 0,
    "by_kind": {"new": 271, "differs": 8, "maybe": 21, "quarantine": 90},
    "cells": 3600,
    "cells_not_read": 90,
    "totals": [],
    "hindrances": [],
}


def _sent(**said: Any) -> list[OpenApiExample]:
    return [OpenApiExample("sent", value=said, request_only=True)]


def _answered(**told: Any) -> list[OpenApiExample]:
    return [OpenApiExample("answered", value=told, response_only=True)]


class HandInSerializer(serializers.Serializer[Any]):
    file = serializers.FileField(help_text="CSV, TSV, XLSX or ODS")
    owner = serializers.CharField(max_length=200, help_text="who keeps the list")
    plan = serializers.CharField(
        max_length=100, help_text="the name under which a plan was kept at the desk"
    )
    title = serializers.CharField(
        required=False, max_length=500, help_text="of its source: name nobody in it"
    )
    kept_until = serializers.DateField(required=False)
    expected_rows = serializers.IntegerField(required=False, min_value=0)
    totals = serializers.CharField(
        required=False, help_text="one a line: “Status: released: 52”"
    )
    most_quarantined = serializers.IntegerField(
        required=False, min_value=0, max_value=100, help_text="percent of the cells"
    )


@extend_schema_serializer(examples=_answered(**_STATE))
class StateSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    owner = serializers.CharField()
    title = serializers.CharField()
    sha256 = serializers.CharField()
    rows = serializers.IntegerField()
    to_compare = serializers.IntegerField(
        help_text="rows that wait to be compared with the record"
    )
    by_kind = serializers.DictField(child=serializers.IntegerField())
    cells = serializers.IntegerField()
    cells_not_read = serializers.IntegerField()
    totals = serializers.ListField(child=serializers.JSONField())
    hindrances = serializers.ListField(
        child=serializers.CharField(), help_text="why nothing of it can be accepted"
    )


@extend_schema_serializer(examples=_answered(**_STATE, to_accept=0))
class AcceptedSerializer(StateSerializer):
    to_accept = serializers.IntegerField(help_text="ask again until it is 0")


@extend_schema_serializer(
    examples=_sent(verdicts=["new", "same"], reason="Agreed with those who keep it.")
)
class AcceptSerializer(serializers.Serializer[Any]):
    verdicts = serializers.ListField(
        child=serializers.ChoiceField(choices=AT_ONCE), allow_empty=False
    )
    reason = serializers.CharField(max_length=500)


class RowSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text="as it is counted in the file")
    identifier = serializers.CharField(allow_blank=True)
    verdict = serializers.ChoiceField(choices=Verdict.choices, allow_null=True)
    state = serializers.ChoiceField(choices=RowState.choices)
    says = serializers.JSONField()
    confidential = serializers.BooleanField()
    cells_not_read = serializers.ListField(child=serializers.JSONField())
    accepted_as = serializers.UUIDField(allow_null=True)


@extend_schema_serializer(
    examples=_answered(
        rows=[
            {
                "number": 2,
                "identifier": "RC-7",
                "verdict": "new",
                "state": "waiting",
                "says": {"name": "Ales Example"},
                "confidential": False,
                "cells_not_read": [],
                "accepted_as": None,
            }
        ],
        after=None,
    )
)
class RowsSerializer(serializers.Serializer[Any]):
    rows = RowSerializer(many=True)
    after = serializers.IntegerField(
        allow_null=True, help_text="the number to go on after; null at the end"
    )


ROWS_ASKED = [
    OpenApiParameter("after", int, description="rows after the one of this number"),
    OpenApiParameter("verdict", str, enum=Verdict.values),
    OpenApiParameter("state", str, enum=RowState.values),
]


class ListTokenScheme(OpenApiAuthenticationExtension):
    target_class = "cases.desk.lists.api.ByToken"
    name = "ListToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "`List-Token …`, for a program that hands in lists. It opens nothing else.",
        }
