"""Hiding a case at once, by the editorial API: no version is asked for, and no reason."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from cases.desk.api import preconditions
from cases.desk.api.base import RootViewSet
from cases.desk.api.permissions import StaffWithRights
from cases.desk.permissions import HIDE
from cases.publishing.sight import is_out_of_sight
from cases.review.hiding import hide


class MayHide(StaffWithRights):
    perms_map = {
        **StaffWithRights.perms_map,
        "POST": ["%(app_label)s.view_%(model_name)s", HIDE],
    }


class HiddenSerializer(serializers.Serializer[Any]):
    """`hidden`: the case, and the one that it was merged into. `version` is that of the
    case. `out_of_sight`: no audience sees any of them; false for some seconds at most.
    """

    hidden = serializers.ListField(child=serializers.UUIDField())
    version = serializers.IntegerField()
    out_of_sight = serializers.BooleanField()


class Hideable(RootViewSet):
    @extend_schema(request=None, responses=HiddenSerializer)
    @action(detail=True, methods=["post"], permission_classes=[MayHide])
    def hide(self, request: Request, *args: object, **kwargs: object) -> Response:
        """From everyone outside, whatever waits. Only an approval of somebody else
        gives it back, with `"returns": ["case"]`.
        """
        cases = hide(self.get_object().pk, by=request.user)
        if not cases:  # deleted in this moment
            raise Http404
        version = cases[0].version
        body = HiddenSerializer(
            {
                "hidden": [case.pk for case in cases],
                "version": version,
                "out_of_sight": is_out_of_sight([case.pk for case in cases]),
            }
        )
        return Response(body.data, headers={"ETag": preconditions.etag(version)})
