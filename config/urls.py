"""Every address: the desk's under /admin/ and /api/editorial/, the public's everywhere else."""

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
