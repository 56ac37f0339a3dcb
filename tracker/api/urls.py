from django.urls import path
from rest_framework.routers import SimpleRouter

from tracker.api import resources
from tracker.api.changes import ChangesView
from tracker.api.service import ServiceView
from tracker.api.vocabularies import VocabulariesView, VocabularyView

router = SimpleRouter()
router.register("prisoners", resources.Prisoners, basename="prisoner")
router.register("sentences", resources.Sentences, basename="sentence")
router.register("release-events", resources.ReleaseEvents, basename="release_event")
router.register("deportations", resources.Deportations, basename="deportation")
router.register("sources", resources.Sources, basename="source")
router.register("facilities", resources.Facilities, basename="facility")
router.register("reported-counts", resources.ReportedCounts, basename="reported_count")

urlpatterns = [
    path("", ServiceView.as_view(), name="service"),
    path("changes", ChangesView.as_view(), name="changes"),
    path("changes/", ChangesView.as_view(schema=None)),
    path("vocabularies/", VocabulariesView.as_view(), name="vocabularies"),
    path("vocabularies/<str:name>/", VocabularyView.as_view(), name="vocabulary"),
    *router.urls,
]
