from django.urls import path
from rest_framework.routers import SimpleRouter

from tracker.api.changes import ChangesView
from tracker.api.charts import HeldChart, ReleasesChart, TimeHeldChart
from tracker.api.copies import CopyView
from tracker.api.corrections import Corrections
from tracker.api.datapackage import DataPackageView
from tracker.api.digest import DigestView
from tracker.api.export import ExportView
from tracker.api.facets import Facets
from tracker.api.json_schemas import DocumentSchemaView
from tracker.api.proposals import ProposalsView, ProposalView
from tracker.api.relay import RelayView
from tracker.api.resources import RESOURCES
from tracker.api.service import ServiceView
from tracker.api.sheets import SheetTable
from tracker.api.tables import Table
from tracker.api.vocabularies import VocabulariesView, VocabularyView
from tracker.api.whole import XLSX, ZIP, AsDataPackage, AsWorkbook, WholeView
from tracker.contract.documents import PLACES
from tracker.contract.sheets.every import SHEETS
from tracker.feed import ROOT_KINDS

router = SimpleRouter()
for kind, resource in RESOURCES.items():
    router.register(PLACES[kind], resource, basename=kind)

urlpatterns = [
    path("", ServiceView.as_view(), name="service"),
    path("changes", ChangesView.as_view(), name="changes"),
    path("changes/", ChangesView.as_view(schema=None)),
    path("export.ndjson", ExportView.as_view(), name="export"),
    path("datapackage.json", DataPackageView.as_view(), name="datapackage"),
    path(
        "tables.xlsx",
        WholeView.as_view({"get": "table"}, made=AsWorkbook, media_type=XLSX),
        name="workbook",
    ),
    path(
        "tables.zip",
        WholeView.as_view({"get": "table"}, made=AsDataPackage, media_type=ZIP),
        name="package",
    ),
    path("relay.ndjson", RelayView.as_view(), name="relay"),
    path("digest", DigestView.as_view(), name="digest"),
    path("digest/", DigestView.as_view(schema=None)),
    path(
        "schemas/<str:kind>.json", DocumentSchemaView.as_view(), name="document-schema"
    ),
    path("charts/held/", HeldChart.as_view(), name="held-chart"),
    path("charts/releases/", ReleasesChart.as_view(), name="releases-chart"),
    path("charts/time-held/", TimeHeldChart.as_view(), name="time-held-chart"),
    path("copies/<str:id>/", CopyView.as_view(), name="copy"),
    path("vocabularies/", VocabulariesView.as_view(), name="vocabularies"),
    path("vocabularies/<str:name>/", VocabularyView.as_view(), name="vocabulary"),
    path("proposals/", ProposalsView.as_view(), name="proposals"),
    path("proposals/<str:id>/", ProposalView.as_view(), name="proposal"),
    # Before the router's, which would look for a document of that name.
    *(
        path(
            f"{place}/facets/",
            Facets.as_view({"get": "divide"}, kind=kind),
            name=f"{kind}-facets",
        )
        for kind, place in PLACES.items()
    ),
    *router.urls,
    *(
        path(
            f"{place}.csv",
            Table.as_view({"get": "table"}, kind=kind),
            name=f"{kind}-table",
        )
        for kind, place in PLACES.items()
    ),
    *(
        path(
            f"tables/{name}.csv",
            SheetTable.as_view(
                {"get": "table"}, kind=sheet.kind, sheet=sheet, schema=None
            ),
            name=f"{name}-sheet",
        )
        for name, sheet in SHEETS.items()
    ),
    *(
        path(
            f"{PLACES[kind]}/<str:id>/corrections/",
            Corrections.as_view({"get": "list"}, kind=kind),
            name=f"{kind}-corrections",
        )
        for kind in ROOT_KINDS
    ),
]
