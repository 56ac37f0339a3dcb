"""Is this source on record already? Asked of sources at one address."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.utils.translation import gettext as _

from cases.aggregate import Aggregate
from cases.models import Source
from cases.plausibility.doubt import Doubt

RULE = "same_address"
# What says by which way a reader came, and nothing of what is read.
_OF_THE_WAY = ("utm_", "fbclid", "gclid", "yclid", "mc_cid", "mc_eid", "igshid")


def same_address(url: str) -> list[Source]:
    """The sources whose address leads to the same page, as far as one can tell without
    asking it.
    """
    wanted = normalised(url)
    if not wanted:
        return []
    host = wanted.partition("/")[0]
    same = []
    candidates = Source.objects.filter(url__icontains=host)
    for pk, other in candidates.values_list("pk", "url"):
        if normalised(other) == wanted:
            same.append(pk)
    return list(Source.objects.filter(pk__in=same).order_by("created_at", "id"))


def normalised(url: str) -> str:
    """ "" for what is no address."""
    try:
        parts = urlsplit(url.strip())
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return ""
    host = host.removeprefix("www.").removeprefix("m.")
    if not host:
        return ""
    if port and port not in {80, 443}:
        host = f"{host}:{port}"
    asked = []
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if not name.lower().startswith(_OF_THE_WAY):
            asked.append((name, value))
    address = f"{host}/{unquote(parts.path).strip('/')}"
    if asked:
        address += f"?{urlencode(sorted(asked))}"
    return address


def doubts_about_addresses(case: Aggregate) -> Iterator[Doubt]:
    root = case["root"]
    if not root["url"]:
        return
    for source in same_address(root["url"]):
        if str(source.pk) == root["id"]:
            continue
        sentence = _(
            "“%(title)s” has the same address and is on record already. Is this another"
            " text?"
        ) % {"title": source}
        values = (str(source.pk), normalised(root["url"]))
        yield Doubt(RULE, Source, "url", values, sentence, root["id"])
