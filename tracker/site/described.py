"""What a page says of itself to programs, in the words of schema.org: of the page and
of the data, never of the person.

Not even the title is in it: a preview in a chat does not say whose page was sent.
"""

import json
from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tracker.site.publisher import publisher

_DOWNLOADS = {
    "package": "application/zip",
    "workbook": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "export": "application/x-ndjson",
}
# The policy of the site runs no such script, and no browser takes it for one: it is data.
_SCRIPT = '<script type="application/ld+json">{}</script>'


def page(request: HttpRequest, changed: date | None) -> SafeString:
    site = {
        "@type": "WebSite",
        "name": _("Prisoner Tracker"),
        "url": request.build_absolute_uri(reverse("site:home")),
    }
    return _script(
        {
            "@type": "WebPage",
            "url": request.build_absolute_uri(request.path),
            "inLanguage": get_language(),
            "isPartOf": site,
            "dateModified": changed,
            **_terms(),
        }
    )


def dataset(request: HttpRequest, last: tuple[int, date] | None) -> SafeString:
    """`last`: number and day of the last change."""
    number, day = last or (None, None)
    downloads = []
    for name, media_type in _DOWNLOADS.items():
        downloads.append(
            {
                "@type": "DataDownload",
                "encodingFormat": media_type,
                "contentUrl": request.build_absolute_uri(reverse(name)),
            }
        )
    return _script(
        {
            "@type": "Dataset",
            "name": _("Prisoner Tracker"),
            "description": _(
                "A public record of people imprisoned in cases that human rights"
                " organisations follow. Each fact names its source. Where sources"
                " disagree, all of them are shown."
            ),
            "url": request.build_absolute_uri(request.path),
            "version": number and str(number),
            "dateModified": day,
            "isAccessibleForFree": True,
            "distribution": downloads,
            **_terms(),
        }
    )


def _terms() -> dict[str, Any]:
    ours = publisher()
    name = ours.name and {"@type": "Organization", "name": ours.name}
    return {"publisher": name, "license": ours.licence_address or ours.licence}


def _script(told: dict[str, Any]) -> SafeString:
    """Without what is not known. Nothing in it ends the script."""
    known = {"@context": "https://schema.org"}
    known |= {name: value for name, value in told.items() if value}
    text = json.dumps(known, ensure_ascii=False, default=str, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return mark_safe(_SCRIPT.format(text))  # noqa: S308


def open_graph(request: HttpRequest) -> dict[str, str]:
    """What a chat shows of a link: the same of every page, but for its address."""
    return {
        "og:type": "website",
        "og:site_name": publisher().name or _("Prisoner Tracker"),
        "og:title": _("Prisoner Tracker"),
        "og:description": _("Who is held, who was released, and who says so"),
        "og:url": request.build_absolute_uri(request.path),
        "og:locale": get_language() or settings.LANGUAGE_CODE,
    }
