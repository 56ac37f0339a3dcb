"""Why something is changed, given in a header: it belongs to the change, not to the
record.
"""

from urllib.parse import unquote

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from cases.history import needs_reason
from cases.history.reasons import MOST
from cases.models.base import Root
from tracker.api.parsing import is_storable

HEADER = "X-Change-Reason"
PARAMETER = OpenApiParameter(
    HEADER,
    str,
    OpenApiParameter.HEADER,
    description="Why, in UTF-8, percent-encoded where a client cannot send that. Required once the case is published.",
)


def given(request: Request) -> str:
    """Raises ValidationError where it cannot be kept as it is."""
    text = request.headers.get(HEADER, "")
    try:
        text = text.encode(
            "latin-1"
        ).decode()  # WSGI hands headers over as Latin-1, whatever they are
    except UnicodeError:
        pass
    reason = " ".join(unquote(text).split())
    if len(reason) > MOST or not is_storable(reason):
        raise ValidationError(
            _("“%(header)s”: write at most %(most)s characters, all of them text.")
            % {"header": HEADER, "most": MOST}
        )
    return reason


def required(request: Request) -> str:
    if reason := given(request):
        return reason
    raise ValidationError(
        _("Say in “%(header)s” why you change this.") % {"header": HEADER}
    )


def required_for(request: Request, root: Root) -> str:
    """Required if anyone outside has seen the case."""
    reason = given(request)
    if not reason and needs_reason(root):
        return required(request)
    return reason
