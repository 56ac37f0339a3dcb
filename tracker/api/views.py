"""What all views of the read API share: they only read, know the audience, and say how
long an answer holds.
"""

import json
from calendar import timegm
from collections.abc import Callable
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_etags
from django.utils.translation import get_language
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from tracker import answers
from tracker.api.access import MayRead, PartnersKey
from tracker.api.parameters import refuse_unknown
from tracker.api.throttles import ByAddress, ByKey
from tracker.audiences import PARTNERS, PUBLIC, Audience
from tracker.feed import Counter
from tracker.proxies import may_keep
from tracker.versions import RELEASE

# Others who ask the same are not refused.
_KEPT_NOWHERE = {
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
}


class OnlyJson(BaseContentNegotiation):
    """A view has one form of answer. Who takes another one only is told so."""

    def select_parser(self, request: Request, parsers: object) -> None:
        return None

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[Any, str]:
        view: Any = request.parser_context["view"]
        if not any(map(request.accepts, view.media_types)):
            raise NotAcceptable
        return renderers[0], renderers[0].media_type


class PublishedView(APIView):
    http_method_names = ["get", "head"]
    authentication_classes = [PartnersKey]
    permission_classes = [MayRead]
    content_negotiation_class = OnlyJson
    media_types: tuple[str, ...] = ("application/json",)

    @property
    def audience(self) -> Audience:
        return PARTNERS if self.request.auth else PUBLIC

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        self.by_address, self.by_key = ByAddress(), ByKey()
        if not self.by_address.allow_request(request, self):
            self.throttled(request, self.by_address.wait() or 0)
        super().initial(request, *args, **kwargs)
        if request.method in ("GET", "HEAD"):
            refuse_unknown(
                request.query_params,
                self.known_parameters(),
                self.repeatable_parameters(),
            )

    def get_throttles(self) -> list[Any]:
        return [self.by_key]

    def known_parameters(self) -> set[str]:
        return set()

    def repeatable_parameters(self) -> set[str]:
        return set()

    def etag(self, *parts: object) -> str:
        """Strong: the same bytes for the same audience, at the same address, in the
        same language, from the same release of this software.
        """
        return tag_of(get_language(), self.audience, *parts)

    def etag_of(self, counter: Counter) -> str:
        return self.etag(
            counter.epoch.hex, counter.last_seq, counter.pruned_seq, counter.held
        )

    def answer(
        self, etag: str, text: str, media_type: str = "application/json"
    ) -> HttpResponseBase:
        return HttpResponse(text, content_type=media_type, headers={"ETag": etag})

    def tagged(
        self, text: str, media_type: str = "application/json"
    ) -> HttpResponseBase:
        """For texts that no number of the feed stands for."""
        etag = self.etag(sha256(text.encode()).hexdigest()[:32])
        return self.answer(etag, text, media_type)

    def answer_if_new(
        self, text: str, media_type: str = "application/json"
    ) -> HttpResponseBase:
        return self.if_new(self.tagged(text, media_type))

    def kept(self, make: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """What `make` gives, or gave before at this address: tracker/answers.py."""
        return self.if_new(answers.answer(self.request, self.audience, make))

    def if_new(self, response: HttpResponseBase) -> HttpResponseBase:
        return self.not_modified(response.headers.get("ETag", "")) or response

    def not_modified(self, etag: str) -> HttpResponseBase | None:
        """304 if the caller has it, or any (`*`). A proxy that compresses may have
        marked the tag as weak; RFC 9110 has it compared all the same.
        """
        header = self.request.headers.get("If-None-Match", "")
        if etag and is_held(etag, header):
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
        self._tell_of_ending(request, response)
        anyone = "HTTP_AUTHORIZATION" not in request.META
        quotas = [self.by_address.quota(), self.by_key.quota()]
        counted = [quota for quota in quotas if quota]
        if counted:
            response["RateLimit-Policy"] = ", ".join(quota.policy for quota in counted)
        # A proxy would tell one reader how much another one has left. So while there is
        # plenty, nothing is said of it; and then the proxy keeps nothing.
        is_low = any(quota.is_low for quota in counted)
        if counted and (is_low or not anyone):
            response["RateLimit"] = ", ".join(map(str, counted))
        for_all = anyone and response.status_code not in _KEPT_NOWHERE
        response["Cache-Control"] = "private, no-store"
        if for_all:
            response["Cache-Control"] = "public, no-cache"
        patch_vary_headers(response, ["Authorization"])
        if for_all and "ETag" in response and not is_low:
            return may_keep(request, response)
        return response

    def _tell_of_ending(self, request: Request, response: Any) -> None:
        """RFC 9745 and RFC 8594, for an address that is named in settings.DEPRECATED."""
        match = request.resolver_match
        if match is None or match.url_name not in settings.DEPRECATED:
            return
        since, until = settings.DEPRECATED[match.url_name]
        response["Deprecation"] = f"@{timegm(since.timetuple())}"
        response["Sunset"] = http_date(timegm(until.timetuple()))
        add_link(
            response, request.build_absolute_uri(reverse("api-docs")), "deprecation"
        )


def tag_of(language: str | None, audience: Audience, *parts: object) -> str:
    return '"{}"'.format("-".join(map(str, (RELEASE, language, audience.name, *parts))))


def is_held(etag: str, if_none_match: str) -> bool:
    """Does the caller have it already?"""
    if not if_none_match:
        return False
    if if_none_match == etag:
        return True
    return any(
        held.removeprefix("W/") in {etag, "*"} for held in parse_etags(if_none_match)
    )


def add_link(
    response: HttpResponseBase, address: str, relation: str, media_type: str = ""
) -> None:
    """RFC 8288."""
    link = f'<{address}>; rel="{relation}"'
    if media_type:
        link += f'; type="{media_type}"'
    if "Link" in response:
        link = f"{response['Link']}, {link}"
    response["Link"] = link


def as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
