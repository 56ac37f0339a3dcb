"""The addresses of the nested default API, and its server's way in."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.bench.nested_settings")
os.environ.setdefault("DATABASE_POOL", "on")

import django

django.setup(set_prefix=False)

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db.models import QuerySet
from django.urls import path
from rest_framework.filters import SearchFilter

from benchmarks.read_api import NestedDetail, NestedList
from cases.models import Prisoner

settings.MIDDLEWARE = []  # an app asks for its own when Django is set up
application = WSGIHandler()


class Cases(NestedList):
    """By id, filtered by an occupation, and searched by a part of a name."""

    filter_backends = [SearchFilter]
    search_fields = ["names__value"]

    def get_queryset(self) -> QuerySet[Prisoner]:
        cases = super().get_queryset()
        occupation = self.request.GET.get("occupation")
        if occupation:
            cases = cases.filter(occupations__contains=[occupation])
        return cases


urlpatterns = [
    path("cases/", Cases.as_view()),
    path("cases/<uuid:pk>/", NestedDetail.as_view()),
]
