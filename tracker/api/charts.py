"""The numbers that are drawn, for programs: the rows of each chart, as its file has them,
of what the reader may see.
"""

from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from tracker.api.changes import IF_NONE_MATCH
from tracker.api.schema import ApiSchema
from tracker.api.views import PublishedView, as_json
from tracker.asking.questions import today
from tracker.contract.fields import Date
from tracker.contract.vocabulary import Measure
from tracker.counting import over_time, releases, time_held
from tracker.counting.releases import DRAWN
from tracker.counting.time_held import ENDS, Band, Group

_DAY = "2025-09-15"


class HeldRow(serializers.Serializer[Any]):
    """Of how many it is told that they were held on that day, and of how many that they
    were or may have been: `query` is what the list is asked, to give just the latter.
    """

    day = serializers.DateField()
    certainly_held = serializers.IntegerField()
    possibly_held = serializers.IntegerField()
    query = serializers.CharField()


class HeldDocument(serializers.Serializer[Any]):
    """`claims` is the list of what others say of the same. Nothing of it is in the rows."""

    day = serializers.DateField()
    list = serializers.URLField()
    claims = serializers.URLField()
    rows = HeldRow(many=True)


class ReleaseRow(serializers.Serializer[Any]):
    """Of one measure of one release of several people: how many people it is told of who
    are named, and what others claim of all. `claims` are the ids of these reported
    counts; `most_claimed`, the highest number that one of them names.
    """

    release_event = serializers.UUIDField()
    title = serializers.CharField(allow_null=True)
    occurred_on = Date(allow_null=True)
    measure = serializers.ChoiceField(choices=[drawn.value for drawn in DRAWN])
    named_here = serializers.IntegerField()
    most_claimed = serializers.IntegerField(allow_null=True)
    claims = serializers.ListField(child=serializers.UUIDField())


class ReleasesDocument(serializers.Serializer[Any]):
    """The latest fifty releases."""

    rows = ReleaseRow(many=True)


class TimeHeldRow(serializers.Serializer[Any]):
    """So many were held for at least `days_from` days and for less than `days_below`,
    and so many were or may have been. `held_today` is `possibly` for those who are held
    on `day`, or may be. Where both days are null: of so many it is not known since when,
    and they are in no other row.
    """

    held_today = serializers.ChoiceField(choices=["possibly", "no"])
    days_from = serializers.IntegerField(allow_null=True)
    days_below = serializers.IntegerField(allow_null=True)
    certainly = serializers.IntegerField()
    possibly = serializers.IntegerField()


class TimeHeldDocument(serializers.Serializer[Any]):
    day = serializers.DateField()
    rows = TimeHeldRow(many=True)


_HELD_ROW = {
    "day": _DAY,
    "certainly_held": 31,
    "possibly_held": 34,
    "query": f"status=detained&status=imprisoned&status_on={_DAY}&named=true",
}
_HELD = {
    "day": _DAY,
    "list": "https://tracker.example/api/v1/prisoners/",
    "claims": "https://tracker.example/api/v1/reported-counts/"
    "?measure=political_prisoners_held",
    "rows": [_HELD_ROW],
}
_RELEASE_ROW = {
    "release_event": "5b8c7e0a-3f65-4c0e-9d5e-6a3f0c1b2d4e",
    "title": "Release of 52 prisoners",
    "occurred_on": {
        "edtf": "2025-09-11",
        "earliest": "2025-09-11",
        "latest": "2025-09-11",
    },
    "measure": "released",
    "named_here": 7,
    "most_claimed": 52,
    "claims": ["0d9f4f2e-8a1b-4f6e-b5d2-1c7e3a9b8f60"],
}
_TIME_HELD_ROW = {
    "held_today": "possibly",
    "days_from": 365,
    "days_below": 730,
    "certainly": 12,
    "possibly": 15,
}


class ChartSchema(ApiSchema):
    def get_operation_id(self) -> str:
        return super().get_operation_id().removesuffix("_retrieve")

    def get_override_parameters(self) -> list[Any]:
        return [IF_NONE_MATCH]


class Chart(PublishedView):
    """Those without a published name are in no row."""

    schema = ChartSchema()

    def content(self) -> dict[str, Any]:
        raise NotImplementedError

    def told(self) -> HttpResponseBase:
        return self.kept(lambda: self.tagged(as_json(self.content())))


class HeldChart(Chart):
    @extend_schema(
        responses=HeldDocument,
        description=_(
            "How many were held on the first day of each month, and today. Those without"
            " a published name are left out."
        ),
        examples=[OpenApiExample("held", value=_HELD, response_only=True)],
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.told()

    def content(self) -> dict[str, Any]:
        day = today()
        rows = []
        for point in over_time.held(self.audience, day):
            row = {
                "day": point.day.isoformat(),
                "certainly_held": point.certainly,
                "possibly_held": point.possibly,
                "query": point.query,
            }
            rows.append(row)
        absolute = self.request.build_absolute_uri
        measure = Measure.POLITICAL_PRISONERS_HELD.value
        claims = f"{reverse('reported_count-list')}?measure={measure}"
        return {
            "day": day.isoformat(),
            "list": absolute(reverse("prisoner-list")),
            "claims": absolute(claims),
            "rows": rows,
        }


class ReleasesChart(Chart):
    @extend_schema(
        responses=ReleasesDocument,
        description=_(
            "Of each release of several people, how many of them are named, beside what"
            " others claim. Those without a published name are left out."
        ),
        examples=[
            OpenApiExample(
                "releases", value={"rows": [_RELEASE_ROW]}, response_only=True
            )
        ],
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.told()

    def content(self) -> dict[str, Any]:
        rows = []
        for release in releases.releases(self.audience):
            for number in release.numbers:
                row = {
                    "release_event": release.event["id"],
                    "title": release.event["title"],
                    "occurred_on": release.event["occurred_on"],
                    "measure": number.measure.value,
                    "named_here": number.named,
                    "most_claimed": number.most_claimed,
                    "claims": [count["id"] for count in number.claims],
                }
                rows.append(row)
        return {"rows": rows}


class TimeHeldChart(Chart):
    @extend_schema(
        responses=TimeHeldDocument,
        description=_(
            "For how long people were held, all their time in detention and in prison"
            " added up. Those without a published name are left out."
        ),
        examples=[
            OpenApiExample(
                "time held",
                value={"day": _DAY, "rows": [_TIME_HELD_ROW]},
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> HttpResponseBase:
        return self.told()

    def content(self) -> dict[str, Any]:
        day = today()
        rows = []
        for group in time_held.groups(self.audience, day):
            rows += _rows(group)
        return {"day": day.isoformat(), "rows": rows}


def _rows(group: Group) -> list[dict[str, Any]]:
    held_today = "possibly" if group.still else "no"
    starts: list[int | None] = [0, *ENDS, None]
    ends: list[int | None] = [*ENDS, None, None]
    bands = [*group.bands, Band(group.unknown, group.unknown)]
    rows = []
    for first, below, band in zip(starts, ends, bands, strict=True):
        row = {
            "held_today": held_today,
            "days_from": first,
            "days_below": below,
            "certainly": band.certainly,
            "possibly": band.possibly,
        }
        rows.append(row)
    return rows
