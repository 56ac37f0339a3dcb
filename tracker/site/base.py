"""What all public pages have in common: no cookie, nothing kept by the browser, one and
the same “not found”, and a limit for each address, which they share with the read API.
"""

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.generic import TemplateView

from tracker import answers
from tracker.api.throttles import ByAddress
from tracker.audiences import PUBLIC
from tracker.held import BeingUpdated
from tracker.site import errors, published
from tracker.site.headers import if_new, keep_nowhere, tagged
from tracker.site.published import Moved


class Page(TemplateView):
    parameters: frozenset[str] = frozenset()
    """What an address of the page may ask. All else is taken out of it, such as what a
    social network adds to a link.
    """
    is_kept = True
    """May its answers be kept in memory? tracker/answers.py"""

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        address = ByAddress()
        if not address.allow_request(request, self):  # type: ignore[arg-type]
            return errors.too_many(request, address.wait())
        asked = self._asked(request.GET)
        if request.method in ("GET", "HEAD") and asked != request.GET:
            query = f"?{asked.urlencode()}" if asked else ""
            return keep_nowhere(redirect(request.path + query))
        try:
            response = if_new(request, self._kept_or_made(request, *args, **kwargs))
        except Moved as moved:
            response = redirect("site:case", moved.into, permanent=True)
        except BeingUpdated:
            response = errors.being_updated(request)
        except Http404:
            response = errors.not_found(request)
        if not settings.SEARCH_ENGINES:
            response["X-Robots-Tag"] = "noindex"
        return keep_nowhere(response)

    def _kept_or_made(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if not self.is_kept:
            return self._made(request, *args, **kwargs)
        return answers.answer(
            request, PUBLIC, lambda: self._made(request, *args, **kwargs)
        )

    def _made(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if not isinstance(response, TemplateResponse):
            return response
        response.render()
        return (
            tagged(request, response)
            if response.status_code == HTTPStatus.OK
            else response
        )

    def _asked(self, given: QueryDict) -> QueryDict:
        """Without what was left empty, too: then an address can be passed on."""
        asked = QueryDict(mutable=True)
        for name, values in given.lists():
            answered = [value for value in values if value.strip()]
            if name in self.parameters and answered:
                asked.setlist(name, answered)
        return asked


class DocumentPage(Page):
    """One published document, of the kind given, told to the template by `tell`."""

    kind = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        edition = published.one(self.kind, kwargs["id"])
        told = self.tell(edition.document)
        return super().get_context_data(edition=edition, **told, **kwargs)

    def tell(self, document: published.Document) -> dict[str, Any]:
        raise NotImplementedError
