"""The source in hand: chosen once, it goes along from page to page of one tab, in the
address and never in the session. So it ends with its tab, and no other tab cites it.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property, partial, wraps
from html import unescape
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.html import escape, format_html

from cases.desk.permissions import may
from cases.files import kept_text, paragraphs
from cases.files.kinds import PDF
from cases.locking import root_of
from cases.models import Citation, KeptFile, Prisoner, Source, name_unseen
from cases.models.base import Part
from tracker.ids import id_in

SOURCE = "recording"
LOCATOR = "recording_locator"
CLAIMANT = "recording_claimant"
HEDGE = "recording_hedge"
AS_OF = "recording_as_of"
NAMES = (SOURCE, LOCATOR, CLAIMANT, HEDGE, AS_OF)

# What the boxes are called on the page of a citation.
OF_CITATION = {
    SOURCE: "source",
    LOCATOR: "locator",
    CLAIMANT: "claimant",
    HEDGE: "hedge",
    AS_OF: "as_of",
}


@dataclass(frozen=True)
class InHand:
    """`boxes` is what stands in the boxes of the panel, by their names."""

    source: Source
    boxes: dict[str, str]
    may_read: bool

    @property
    def query(self) -> str:
        return urlencode(self.boxes)

    @cached_property
    def kept(self) -> KeptFile | None:
        """What was read of it, for whoever may see the source."""
        if not self.may_read:
            return None
        return kept_text(self.source.pk)

    @property
    def paragraphs(self) -> list[str]:
        return paragraphs(self.kept.text) if self.kept else []

    @property
    def place(self) -> str:
        """Of a PDF each paragraph is a page. These words go into the record."""
        is_pdf = self.kept is not None and self.kept.media_type == PDF.media_type
        return "p. %s" if is_pdf else "par. %s"


def in_hand(request: HttpRequest) -> InHand | None:
    """As the form says that was sent, or else the address. What cannot be is dropped.
    Asked once a request.
    """
    if not hasattr(request, _ASKED):
        setattr(request, _ASKED, _in_hand(request))
    held: InHand | None = getattr(request, _ASKED)
    return held


_ASKED = "source_in_hand"


def _in_hand(request: HttpRequest) -> InHand | None:
    data = request.GET
    if SOURCE in request.POST:
        data = request.POST
    source_id = _id(data.get(SOURCE, ""))
    if not source_id or not request.user.has_perm(may("add", Citation)):
        return None
    source = Source.objects.filter(pk=source_id).first()
    if source is None:
        return None
    boxes = {SOURCE: source_id}
    for name in (LOCATOR, CLAIMANT, HEDGE, AS_OF):
        text = data.get(name, "").replace("\0", "").strip()
        if name == CLAIMANT:
            text = _id(text)
        if text:
            boxes[name] = text
    return InHand(source, boxes, request.user.has_perm(may("view", Source)))


def _id(text: str) -> str:
    return str(id_in(text) or "")


class RecordList(ChangeList):
    """Goes on holding the source in hand, which narrows no list. Neither does a filter
    without a value.
    """

    def get_filters_params(self, params: Any = None) -> Any:
        filters = super().get_filters_params(params)
        for name in NAMES:
            filters.pop(name, None)
        return {name: values for name, values in filters.items() if any(values)}

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        name_unseen(_prisoners(self.result_list))


def _prisoners(records: Iterable[Any]) -> Iterator[Prisoner]:
    """Whose these are, if they are somebody's."""
    for record in records:
        root = root_of(record) if isinstance(record, Part) else record
        if isinstance(root, Prisoner):
            yield root


class RecordingAdmin(admin.ModelAdmin):
    """Knows the source in hand; other pages of the desk only lead on with it."""

    def get_changelist(
        self, request: HttpRequest, **kwargs: object
    ) -> type[ChangeList]:
        return RecordList

    def get_preserved_filters(self, request: HttpRequest) -> str:
        """Not the source: it would come back with the filters after it was ended."""
        kept = QueryDict(super().get_preserved_filters(request), mutable=True)
        filters = QueryDict(kept.pop("_changelist_filters", [""])[-1], mutable=True)
        for name in NAMES:
            filters.pop(name, None)
        if filters:
            kept["_changelist_filters"] = filters.urlencode()
        return kept.urlencode()

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = dict(extra_context or {})
        held = in_hand(request)
        if held is not None and held.paragraphs:
            context["source_read"] = held.source.pk  # for the access log
        return super().changeform_view(request, object_id, form_url, context)


View = Callable[..., Any]


def carrying(view: View) -> View:
    """A page of the desk that leads on with the source in hand, whatever it shows."""

    @wraps(view)
    def carried(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        held = in_hand(request)
        if not isinstance(getattr(view, "__self__", None), RecordingAdmin):
            # A list that does not know it would take it for a filter.
            request.GET = _without_source(request)  # type: ignore[assignment]
        return _carried(held, view(request, *args, **kwargs))

    return carried


def context_of(request: HttpRequest) -> dict[str, Any]:
    """What every page of the desk says of the source in hand."""
    kept = _without_source(request).urlencode()
    return {
        "in_hand": in_hand(request),
        "without_source": f"{request.path}?{kept}",
    }


def _without_source(request: HttpRequest) -> QueryDict:
    kept = request.GET.copy()
    for name in NAMES:
        kept.pop(name, None)
    return kept


def _carried(held: InHand | None, response: Any) -> Any:
    """The answer, leading on with the source in hand and with no other."""
    if isinstance(response, HttpResponseRedirect):
        response["Location"] = _led_on(str(response["Location"]), held)
    elif held is not None and isinstance(response, SimpleTemplateResponse):
        response.add_post_render_callback(partial(_lead_on, held))
    return response


def _led_on(address: str, held: InHand | None) -> str:
    parts = urlsplit(address)
    asked = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name not in NAMES:
            asked.append((name, value))
    if held is not None and _pages().fullmatch(parts.path):
        asked += held.boxes.items()
    return urlunsplit(parts._replace(query=urlencode(asked)))


def _lead_on(held: InHand, page: HttpResponse) -> None:
    """On the finished page, so that no link is forgotten: the library's templates have
    no place to say it.
    """
    if page.get("Content-Type", "").startswith("text/html"):
        page.content = _TAG.sub(partial(_tag, held), page.content.decode())


_TAG = re.compile(r"<(?:a|form|button)\s[^>]*>")
_ADDRESS = re.compile(r'(?P<name>\s(?:href|action|formaction)=")(?P<address>[^"]*)"')
_ENDS = 'class="end"'
_SEARCH = 'id="changelist-search"'  # the library sends all that the address asks


def _tag(held: InHand, found: re.Match[str]) -> str:
    tag = found[0]
    if _ENDS in tag:
        return tag
    if tag.startswith("<form") and 'method="get"' in tag:
        if _SEARCH in tag:
            return tag
        boxes = []
        for name, value in held.boxes.items():
            hidden = '<input type="hidden" name="{}" value="{}">'
            boxes.append(format_html(hidden, name, value))
        return tag + "".join(boxes)
    return _ADDRESS.sub(partial(_address, held), tag)


def _address(held: InHand, found: re.Match[str]) -> str:
    address = unescape(found["address"])
    parts = urlsplit(address)
    stays_here = address.startswith("?")
    if stays_here or (not parts.netloc and _pages().fullmatch(parts.path)):
        address = _led_on_here(parts, held)
    return f'{found["name"]}{escape(address)}"'


def _led_on_here(parts: SplitResult, held: InHand) -> str:
    """As `_led_on`, for an address that may be a query alone. What the address asks
    else stays as it is written.
    """
    asked = []
    for pair in parts.query.split("&"):
        if pair and pair.partition("=")[0] not in NAMES:
            asked.append(pair)
    query = "&".join([held.query, *asked])
    return urlunsplit(parts._replace(query=query))


@cache
def _pages() -> re.Pattern[str]:
    """Addresses of the pages of the desk; not of what only its scripts ask for, nor of
    one's own account.
    """
    start = re.escape(reverse("admin:index"))
    others = "|".join(("account/", "autocomplete/", "jsi18n/", "log", "password", "r/"))
    return re.compile(rf"{start}(?!{others})[^?#]*")
