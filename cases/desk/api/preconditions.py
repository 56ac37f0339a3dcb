"""Nobody overwrites what they have not seen: `ETag` is the version of the case, and
`If-Match` brings it back.

A part (a sentence, a name, a citation) has the version of its root: a case is read,
locked and approved as a whole.
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Case, F, OuterRef, QuerySet, Subquery, Value, When
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from cases.catalogue import KINDS
from cases.models import Citation
from cases.models.base import Part, Root
from tracker.api.problems import PreconditionFailed, PreconditionRequired

PARAMETER = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The ETag of the answer you read this in.",
)


def with_version(records: QuerySet[Any]) -> QuerySet[Any]:
    """Every row with `version`, that of its root, in the same query."""
    model = records.model
    if issubclass(model, Citation):
        versions = [_version_of(root) for root in KINDS.values()]
        return records.annotate(version=Case(*versions, default=Value(None)))
    if issubclass(model, Part):
        return records.annotate(version=F(f"{model.root_path}__version"))
    return records


def _version_of(root: type[Root]) -> When:
    version = root._default_manager.filter(pk=OuterRef("root_id")).values("version")
    return When(root_kind=root.kind, then=Subquery(version))


def etag(version: int) -> str:
    return f'"{version}"'


def required(request: Request) -> list[str]:
    """The tags in If-Match. Raises PreconditionRequired where it is missing, or is “*”,
    which asks for nothing.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given:
        raise PreconditionRequired(
            _("Say in “If-Match” which version you read: the “ETag” of that answer.")
        )
    if given == "*":
        raise PreconditionRequired(
            _(
                "“If-Match: *” says nothing about what you read. Send the “ETag” of that answer."
            )
        )
    return [tag.strip() for tag in given.split(",")]


def hold(
    tags: list[str], version: int, differing: Callable[[], list[str]] = list
) -> None:
    """Raise PreconditionFailed unless one of `tags` is that of `version`. Weak ones
    never are. `differing` names the fields that were sent and now say something else.
    """
    if etag(version) in tags:
        return
    versions = {"seen": ", ".join(tags), "current": etag(version)}
    sentence = (
        _(
            "You read version %(seen)s, and it is now %(current)s. Read it again; nothing was changed."
        )
        % versions
    )
    if names := differing():
        other = _("Of what you send, it says otherwise now: %(fields)s.")
        sentence = f"{sentence} {other % {'fields': ', '.join(names)}}"
    raise PreconditionFailed(sentence)
