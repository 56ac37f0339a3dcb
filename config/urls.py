"""Every address. The desk has /admin/ and /api/editorial/, the public the rest.

A process for the public alone has no desk (SERVE in config/settings.py). A process for
partners has the read API only.
"""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from config import health
from config.closed_desk import desk_is_closed_or
from tracker.api.docs import public_docs, public_schema
from tracker.api.problems import down_or, no_such_address, problem, problem_or_page
from tracker.site import errors
from tracker.site.icon import icon
from tracker.site.sitemap import Sitemap, SitemapIndex
from tracker.site.well_known import robots, security

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("favicon.ico", icon),
    path("robots.txt", robots),
    path(".well-known/security.txt", security),
    path("api/schema/", public_schema, name="api-schema"),
    path("api/docs/", public_docs, name="api-docs"),
    path("api/v1/", include("tracker.api.urls")),
]
if settings.DESK:
    from django.contrib import admin

    urlpatterns += [
        path("admin/account/", include("cases.desk.signin.urls")),
        path("admin/", admin.site.urls),
        path("api/editorial/v1/", include("cases.desk.api.urls")),
    ]
urlpatterns += [
    path("api/", no_such_address),
    path("api/<path:rest>", no_such_address),
]
if settings.SERVE == "partners":
    handler400 = problem(400)
    handler403 = problem(403)
    handler404 = problem(404)
    handler500 = down_or(problem(500), None)
else:
    urlpatterns += [
        path("sitemap.xml", SitemapIndex.as_view()),
        path("sitemap-<int:number>.xml", Sitemap.as_view(), name="sitemap"),
    ]
    urlpatterns += i18n_patterns(path("", include("tracker.site.urls")))
    handler400 = problem_or_page(400, errors.bad_request)
    handler403 = problem_or_page(403, errors.forbidden)
    handler404 = problem_or_page(404, errors.not_found)
    handler500 = desk_is_closed_or(
        down_or(problem_or_page(500, errors.broken), errors.unavailable)
    )
