from django.urls import path
from rest_framework.routers import SimpleRouter

from tracker.api import resources
from tracker.api.changes import ChangesView
from tracker.api.corrections import Corrections
from tracker.api.digest import DigestView
from tracker.api.export import ExportView
from tracker.api.proposals import ProposalsView, ProposalView
from tracker.api.service import ServiceView
from tracker.api.vocabularies import VocabulariesView, VocabularyView

ROOTS: dict[str, type[resources.Documents]] = {
    "prisoners": resources.Prisoners,
    "release-events": resources.ReleaseEvents,
    "sources": resources.Sources,
    "facilities": resources.Facilities,
    "reported-counts": resources.ReportedCounts,
}
PARTS: dict[str, type[resources.Documents]] = {
    "sentences": resources.Sentences,
    "deportations": resources.Deportations,
}
router = SimpleRouter()
for noun, view in (ROOTS | PARTS).items():
    router.register(noun, view, basename=view.kind)

urlpatterns = [
    path("", ServiceView.as_view(), name="service"),
    path("changes", ChangesView.as_view(), name="changes"),
    path("changes/", ChangesView.as_view(schema=None)),
    path("export.ndjson", ExportView.as_view(), name="export"),
    path("digest", DigestView.as_view(), name="digest"),
    path("digest/", DigestView.as_view(schema=None)),
    path("vocabularies/", VocabulariesView.as_view(), name="vocabularies"),
    path("vocabularies/<str:name>/", VocabularyView.as_view(), name="vocabulary"),
    path("proposals/", ProposalsView.as_view(), name="proposals"),
    path("proposals/<str:id>/", ProposalView.as_view(), name="proposal"),
    *router.urls,
    *(
        path(
            f"{noun}/<str:id>/corrections/",
            Corrections.as_view({"get": "list"}, kind=view.kind),
            name=f"{view.kind}-corrections",
        )
        for noun, view in ROOTS.items()
    ),
]
