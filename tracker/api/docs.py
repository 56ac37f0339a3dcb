"""The description of the read API, for machines and, as a page, for people."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse_lazy
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from drf_spectacular.settings import patched_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

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


class DescribedOnce(SpectacularAPIView):
    """A description follows from the code, the settings and the language. To write one
    takes seconds, so each process writes it once, whoever asks how often.
    """

    kept: dict[tuple[str, str], tuple[bytes, dict[str, str]]] = {}

    @classmethod
    def as_view(cls, **given: Any) -> Any:
        return super().as_view(**given, kept={})

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        language = request.GET.get("lang")
        if language not in dict(settings.LANGUAGES):
            language = get_language()
        question = (request.accepted_renderer.media_type, language)
        if question not in self.kept:
            with patched_settings(self.custom_settings), override(language):
                self.kept[question] = self._described(request)
        content, headers = self.kept[question]
        return HttpResponse(content, headers=headers)

    def _described(self, request: Request) -> tuple[Any, dict[str, str]]:
        form = request.accepted_renderer
        response = self._get_schema_response(request)
        content_type = form.media_type
        if form.charset:
            content_type += f"; charset={form.charset}"
        headers = {
            "Content-Type": content_type,
            "Content-Disposition": response["Content-Disposition"],
        }
        return form.render(response.data, form.media_type, {}), headers

    def _get_version_parameter(self, request: Request) -> None:
        """There is one version: nothing that is asked chooses another."""


public_schema = DescribedOnce.as_view(
    authentication_classes=[],
    permission_classes=[AllowAny],
    custom_settings={
        "TITLE": _("Prisoner tracker: read API"),
        **described_by_settings(),
        "PREPROCESSING_HOOKS": ["tracker.api.schema.without_editorial"],
    },
)


class DocsPage(TemplateView):
    """A browsable page for a schema, without a line of inline script or style
    (docs/api.md).
    """

    template_name = "tracker/api_docs.html"


public_docs = DocsPage.as_view(
    extra_context={"title": _("Read API"), "schema": reverse_lazy("api-schema")}
)
