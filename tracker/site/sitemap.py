"""What search engines may list, for them: sitemaps.org. Pages of cases whose name is
published and who do not object, and pages that name nobody.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html

from tracker.audiences import PUBLIC
from tracker.kept import Kept
from tracker.site.base import Page
from tracker.site.headers import tagged

XML = "application/xml; charset=utf-8"
KEPT: Kept[Any] = Kept(most=8)
MOST = 50_000  # addresses of one file: sitemaps.org
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NAME_NOBODY = (
    "home",
    "statistics",
    "chart_held",
    "chart_releases",
    "time_held",
    "counts",
    "about",
    "method",
    "political_prisoners",
    "writing",
)


def unopposed(cases: Any) -> Any:
    """Those whose pages search engines may list. A quotation mark in a text is escaped
    in JSON, so no text can be taken for the field.
    """
    return cases.exclude(document__contains='"search_engines":false')


def listed() -> Any:
    """And whose name is published."""
    named = PUBLIC.documents("prisoner").filter(
        document__contains='"name_withheld":false'
    )
    return unopposed(named)


def _cases_of_a_file() -> int:
    return MOST // len(settings.LANGUAGES)


class SitemapIndex(Page):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _refuse_unless_listed()
        cases = KEPT.answer(PUBLIC, "count", listed().count)
        files = 1 + -(-cases // _cases_of_a_file())
        lines = []
        for number in range(files):
            address = request.build_absolute_uri(reverse("sitemap", args=[number]))
            lines.append(format_html("<sitemap><loc>{}</loc></sitemap>\n", address))
        return _answer(request, "sitemapindex", lines)


class Sitemap(Page):
    """Number 0 holds the pages that name nobody; each other one some of the cases."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _refuse_unless_listed()
        pages = _of_nobody() if kwargs["number"] == 0 else _of_cases(kwargs["number"])
        lines = []
        for address, day in pages:
            absolute = request.build_absolute_uri(address)
            changed = format_html("<lastmod>{}</lastmod>", day) if day else ""
            lines.append(format_html("<url><loc>{}</loc>{}</url>\n", absolute, changed))
        return _answer(request, "urlset", lines)


def _of_nobody() -> Iterator[tuple[str, str]]:
    for name in _NAME_NOBODY:
        yield from _in_each_language("", name)


def _of_cases(number: int) -> Iterator[tuple[str, str]]:
    """Raises Http404 where there are none. By their ids, which are random."""
    many = _cases_of_a_file()
    rows = listed().order_by("id").values_list("id", "changed_on")
    asked = rows[(number - 1) * many : number * many]
    found = KEPT.answer(PUBLIC, number, lambda: list(asked))
    if not found:
        raise Http404
    for row_id, day in found:
        yield from _in_each_language(str(day), "case", row_id)


def _in_each_language(day: str, name: str, *args: object) -> Iterator[tuple[str, str]]:
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            yield reverse(f"site:{name}", args=args), day


def _refuse_unless_listed() -> None:
    if not settings.SEARCH_ENGINES:
        raise Http404


def _answer(request: HttpRequest, tag: str, lines: Iterable[str]) -> HttpResponse:
    text = f'{_HEAD}<{tag} xmlns="{_SPACE}">\n{"".join(lines)}</{tag}>\n'
    return tagged(request, HttpResponse(text, content_type=XML))
