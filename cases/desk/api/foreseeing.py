"""What a change would make visible to readers, and what it would take away: it is made,
and rolled back. It is asked with `preview=true`, which takes all that the change takes.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cases.locking import root_of
from cases.models.base import Root
from cases.publishing.foreseeing import Foresight, key_of

NAME = "preview"
ACTIONS = ("create", "update", "partial_update", "destroy")
PARAMETER = OpenApiParameter(
    NAME,
    str,
    enum=["true"],
    description=(
        "Nothing is saved. The answer is 200 with what readers would see of it:"
        " `becomes_visible`, `no_longer_visible`, and `not_looked_at`, the number of"
        " other cases that it changes, too, and of which this does not tell."
    ),
)

View = Callable[..., Response]


class PreviewSerializer(serializers.Serializer[Any]):
    becomes_visible = serializers.ListField(child=serializers.CharField())
    no_longer_visible = serializers.ListField(child=serializers.CharField())
    not_looked_at = serializers.IntegerField()


def previewed(view: View) -> View:
    """For what changes a record."""

    @wraps(view)
    def asked(viewset: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        if not _is_asked(request):
            return view(viewset, request, *args, **kwargs)
        own = []
        if viewset.detail:
            root = root_of(viewset.get_object())
            if isinstance(root, Root):
                own.append(key_of(root))
        foreseen = Foresight(own).of(lambda: view(viewset, request, *args, **kwargs))
        answer = {
            "becomes_visible": foreseen.becoming.appears,
            "no_longer_visible": foreseen.becoming.goes,
            "not_looked_at": foreseen.more,
        }
        return Response(PreviewSerializer(answer).data)

    return asked


def _is_asked(request: Request) -> bool:
    given = request.query_params.get(NAME)
    if given not in {None, "true"}:
        raise serializers.ValidationError({NAME: _("It is “true”, or left out.")})
    return given is not None
