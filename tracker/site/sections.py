"""What leads to the sections of the site, at the top of each page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

# The pages that belong to a section, beside its first one.
_WITHIN = {
    "cases": {"case"},
    "releases": {"release"},
    "court_cases": {"court_case"},
    "statistics": {"chart_held", "chart_releases", "time_held"},
    "facilities": {"facility"},
    "sources": {"source", "copy"},
    "about": {"method", "political_prisoners", "writing"},
}


@dataclass(frozen=True)
class Section:
    """`current` is what `aria-current` says: "page" on its first page, "true" on those
    within, else "".
    """

    label: str
    href: str
    current: str


def sections(request: HttpRequest | None) -> list[Section]:
    """`request` is None where a page is made for whoever comes."""
    labels = {
        "cases": _("Cases"),
        "releases": _("Releases"),
        "court_cases": _("Court cases"),
        "statistics": _("Numbers"),
        "counts": _("Reported counts"),
        "facilities": _("Places"),
        "sources": _("Sources"),
        "about": _("About"),
    }
    match = request.resolver_match if request else None
    here = match.url_name if match else ""
    told = []
    for name, label in labels.items():
        current = ""
        if here == name:
            current = "page"
        elif here in _WITHIN.get(name, ()):
            current = "true"
        told.append(Section(label, reverse(f"site:{name}"), current))
    return told
