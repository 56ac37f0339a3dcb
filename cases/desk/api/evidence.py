"""An evidence pack of a prisoner's case, by the editorial API."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from cases.desk.access.models import Act
from cases.desk.access.shown import hand_out
from cases.desk.api.base import RootViewSet
from cases.desk.api.permissions import StaffWithRights
from cases.desk.api.serializers import KnownFieldsOnly
from cases.desk.permissions import MAKE_PACK
from cases.evidence import BeingPublished, NotPublished, make_pack
from cases.models.evidence import READERS
from tracker.api.problems import Conflict


class EvidencePackSerializer(KnownFieldsOnly, serializers.Serializer[Any]):
    """For whom, and why: the reason is kept at the desk."""

    audience = serializers.ChoiceField(choices=READERS)
    reason = serializers.CharField()


class MayMakePacks(StaffWithRights):
    perms_map = {
        **StaffWithRights.perms_map,
        "POST": ["%(app_label)s.view_%(model_name)s", MAKE_PACK],
    }


class AlwaysThis(DefaultContentNegotiation):
    """Whatever form of answer is asked for: a ZIP, or the problem."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class WithEvidencePack(RootViewSet):
    @extend_schema(
        request=EvidencePackSerializer,
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="evidence-pack",
        permission_classes=[MayMakePacks],
        content_negotiation_class=AlwaysThis,
    )
    def evidence_pack(
        self, request: Request, *args: object, **kwargs: object
    ) -> HttpResponse:
        """What is published of this case to one audience, sealed with hashes; that it
        was made, and why, is kept.
        """
        prisoner = self.get_object()
        asked = EvidencePackSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            pack = make_pack(prisoner, by=request.user, **asked.validated_data)
        except NotPublished as problem:
            raise ValidationError({"audience": [str(problem)]}) from problem
        except BeingPublished as problem:
            raise Conflict(str(problem)) from problem
        response = HttpResponse(
            pack.content,
            content_type="application/zip",
            headers={"Content-Disposition": f'attachment; filename="{pack.file_name}"'},
        )
        return hand_out(response, Act.PACK, reason=asked.validated_data["reason"])
