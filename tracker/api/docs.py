"""The description of the read API, for machines and, as a page, for people."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_page
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

# As text, too, it is written anew every few minutes at most.
public_schema = cache_page(300, cache="pages")(
    SpectacularAPIView.as_view(
        authentication_classes=[],
        permission_classes=[AllowAny],
        custom_settings={
            "TITLE": _("Prisoner tracker: read API"),
            "PREPROCESSING_HOOKS": ["tracker.api.schema.without_editorial"],
        },
    )
)


class DocsPage(TemplateView):
    """A browsable page for a schema, without a line of inline script or style
    (docs/api.md).
    """

    template_name = "tracker/api_docs.html"


public_docs = DocsPage.as_view(
    extra_context={"title": _("Read API"), "schema": reverse_lazy("api-schema")}
)
