"""The editorial API, all of it for staff. One address a noun."""

from django.contrib.admin.views.decorators import staff_member_required
from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import IsAdminUser
from rest_framework.routers import SimpleRouter

from cases.desk.api import examples, merging, publishing, records
from cases.desk.api.base import DeskViewSet
from cases.desk.api.permissions import DeskSession
from tracker.api.docs import DescribedOnce, DocsPage

router = SimpleRouter(use_regex_path=False)
viewsets: dict[str, type[DeskViewSet]] = {
    **records.viewsets(),
    "merges": merging.MergeViewSet,
    "editions": publishing.EditionViewSet,
    "failures": publishing.PublishingFailureViewSet,
}
for noun, viewset in viewsets.items():
    router.register(noun, viewset, basename=f"editorial-{noun}")

examples.add()

schema = DescribedOnce.as_view(
    authentication_classes=[DeskSession],
    permission_classes=[IsAdminUser],
    custom_settings={
        "TITLE": _("Prisoner tracker: editorial API"),
        "PREPROCESSING_HOOKS": ["tracker.api.schema.only_editorial"],
    },
)
docs = DocsPage.as_view(
    extra_context={
        "title": _("Editorial API"),
        "schema": reverse_lazy("editorial-schema"),
    }
)

urlpatterns = [
    *router.urls,
    path("lists/", include("cases.desk.lists.urls")),
    path("schema/", schema, name="editorial-schema"),
    path("docs/", staff_member_required(docs), name="editorial-docs"),
]
