"""What all views of the read API share: they only read, know the audience, and say how
long an answer holds.
"""

import json
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from tracker.api.access import MayRead, PartnersKey
from tracker.api.parameters import refuse_unknown
from tracker.api.throttles import ByAddress, ByKey
from tracker.audiences import PARTNERS, PUBLIC, Audience
from tracker.feed import Counter
from tracker.proxies import may_keep
from tracker.versions import RELEASE

_KEPT_NOWHERE = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class OnlyJson(BaseContentNegotiation):
    """Whatever is asked for, the answer is JSON."""

    def select_parser(self, request: Request, parsers: object) -> None:
        return None

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class PublishedView(APIView):
    http_method_names = ["get", "head"]
    authentication_classes = [PartnersKey]
    permission_classes = [MayRead]
    throttle_classes = [ByKey]
    content_negotiation_class = OnlyJson

    @property
    def audience(self) -> Audience:
        return PARTNERS if self.request.auth else PUBLIC

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        address = ByAddress()
        if not address.allow_request(request, self):
            self.throttled(request, address.wait() or 0)
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            refuse_unknown(
                request.query_params,
                self.known_parameters(),
                self.repeatable_parameters(),
            )

    def known_parameters(self) -> set[str]:
        return set()

    def repeatable_parameters(self) -> set[str]:
        return set()

    def etag(self, *parts: object) -> str:
        """Strong: the same bytes for the same audience, at the same address, in the
        same language, from the same release of this software.
        """
        all_parts = (RELEASE, get_language(), self.audience.name, *parts)
        return '"{}"'.format("-".join(map(str, all_parts)))

    def etag_of(self, counter: Counter) -> str:
        return self.etag(
            counter.epoch.hex, counter.last_seq, counter.pruned_seq, counter.held
        )

    def answer(
        self, etag: str, text: str, media_type: str = "application/json"
    ) -> HttpResponseBase:
        return HttpResponse(text, content_type=media_type, headers={"ETag": etag})

    def answer_if_new(
        self, text: str, media_type: str = "application/json"
    ) -> HttpResponseBase:
        """For texts that no number of the feed stands for."""
        etag = self.etag(sha256(text.encode()).hexdigest()[:32])
        return self.not_modified(etag) or self.answer(etag, text, media_type)

    def not_modified(self, etag: str) -> HttpResponseBase | None:
        """304 if the caller has it, or any (`*`). A proxy that compresses may have
        marked the tag as weak; RFC 9110 has it compared all the same.
        """
        header = self.request.headers.get("If-None-Match", "")
        for held in parse_etags(header):
            if held.removeprefix("W/") in {etag, "*"}:
                return HttpResponseNotModified(headers={"ETag": etag})
        return None

    def finalize_response(
        self, request: Request, response: Any, *args: object, **kwargs: object
    ) -> Any:
        """A proxy may keep what anyone may see, and ask each time if it still holds: a
        withdrawal counts at once. A search engine keeps nothing: it finds the pages, and
        those say whether it may list them.
        """
        response = super().finalize_response(request, response, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        anyone = "HTTP_AUTHORIZATION" not in request.META
        for_all = anyone and response.status_code not in _KEPT_NOWHERE
        response["Cache-Control"] = "private, no-store"
        if for_all:
            response["Cache-Control"] = "public, no-cache"
        patch_vary_headers(response, ["Authorization"])
        if for_all and "ETag" in response:
            return may_keep(request, response)
        return response


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
