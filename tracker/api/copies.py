"""The bytes of a redacted copy."""

from django.http import Http404
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request

from tracker.api.views import PublishedView
from tracker.ids import id_in
from tracker.pictures import picture


class CopyView(PublishedView):
    """The picture that `copies` of a source name by this id. It is there as long as
    that document names it.
    """

    media_types = ("image/png", "image/jpeg")

    @extend_schema(
        parameters=[OpenApiParameter("id", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses={
            (200, "image/png"): OpenApiTypes.BINARY,
            (200, "image/jpeg"): OpenApiTypes.BINARY,
        },
    )
    def get(self, request: Request, id: str) -> HttpResponseBase:
        copy_id = id_in(id)
        copy = self.audience.copy(copy_id) if copy_id else None
        if copy is None:
            raise Http404
        etag = self.etag(copy.id.hex)
        not_modified = self.not_modified(etag)
        if not_modified:
            return not_modified
        response = picture(copy)
        response["ETag"] = etag
        return response
