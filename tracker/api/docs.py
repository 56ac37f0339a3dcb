"""The description of the read API, for machines and, as a page, for people."""

from typing import Any

from django.conf import settings
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_page
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny

SYNC = """Everything that is published, for anyone; with a partner's key, what partners may
see.

**To keep a copy**, read `export.ndjson` or `changes` from the beginning. Store what
comes, delete what is deleted, and keep `next` together with it; then ask again with
`since=` and this `next`. The latest state of each comes last. While `more` is true, there
is more at once. After a 410, begin without `since`, and then delete what did not come
again. `digest` says what a copy must hold that has read to its end. Whoever keeps a copy
follows within the hours that the first address tells under `terms`.

**Values.** Null is: not known, or not published. Fields, kinds and codes may be added at
any time: ignore what you do not know.
"""


def described_by_settings() -> dict[str, Any]:
    """What OpenAPI asks of every description: whom to ask, on what terms, and where."""
    described: dict[str, Any] = {
        "DESCRIPTION": SYNC,
        "SERVERS": [{"url": "/", "description": "Where this description is."}],
    }
    if settings.LICENCE:
        licence = {"name": settings.LICENCE, "url": settings.LICENCE_URL}
        described["LICENSE"] = {name: said for name, said in licence.items() if said}
    if settings.CONTACT:
        described["CONTACT"] = _contact()
    return described


def _contact() -> dict[str, str]:
    """The operator writes an address of mail or of a page, as they like."""
    contact = {"name": settings.ORGANISATION or settings.CONTACT}
    if settings.CONTACT.startswith(("https://", "http://")):
        contact["url"] = settings.CONTACT
    elif "@" in settings.CONTACT:
        contact["email"] = settings.CONTACT
    return contact


# As text, too, it is written anew every few minutes at most.
public_schema = cache_page(300, cache="pages")(
    SpectacularAPIView.as_view(
        authentication_classes=[],
        permission_classes=[AllowAny],
        custom_settings={
            "TITLE": _("Prisoner tracker: read API"),
            **described_by_settings(),
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
