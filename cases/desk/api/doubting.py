"""The editorial API asks before it saves what is hardly so: the answer, in a header,
belongs to the change, not to the record.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from cases.desk.doubting import is_yet_unnamed, stored_doubts, unanswered
from cases.plausibility import Doubt

HEADER = "X-Source-Says-So"
PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description=(
        "Keys of doubts, separated by commas, as the refusal gave them: the source does"
        " say so."
    ),
)
MOST = 100  # answers in one request


def given(request: Request) -> list[str]:
    keys = []
    for text in request.headers.get(HEADER, "").split(",")[:MOST]:
        if text.strip():
            keys.append(text.strip())
    return keys


@contextmanager
def asking(request: Request, root: Any) -> Iterator[dict[str, str]]:
    """Around what changes a case. Raises ValidationError for doubts that it brings,
    under the names of the fields, and nothing of it is kept: within a transaction.

    Of several records in one body, say where each stands there, by its id.
    """
    is_new = is_yet_unnamed(root)
    before = stored_doubts(root)
    places: dict[str, str] = {}
    yield places
    answers = given(request)
    after = stored_doubts(root, is_new=is_new)
    doubts = [
        doubt
        for doubt in unanswered(before, after, answers)
        if doubt.key not in answers
    ]
    if doubts:
        raise ValidationError(_by_field(doubts, places))


def _by_field(doubts: list[Doubt], places: Mapping[str, str]) -> dict[str, list[str]]:
    problems: dict[str, list[str]] = {}
    for doubt in doubts:
        words = _("%(doubt)s If the source says so, send “%(key)s” in “%(header)s”.")
        if doubt.known_case:
            words = _(
                "%(doubt)s If this is somebody else, send “%(key)s” in “%(header)s”."
                " If not, change the case “%(case)s”."
            )
        sentence = words % {
            "doubt": doubt,
            "key": doubt.key,
            "header": HEADER,
            "case": doubt.known_case,
        }
        place = f"{places.get(doubt.record_id, '')}.{doubt.field}".strip(".")
        problems.setdefault(place or "non_field_errors", []).append(sentence)
    return problems
