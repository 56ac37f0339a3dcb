"""The desk logs what it shows before it shows it.

It does not show what it cannot log.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse

from cases.desk.access.models import AccessEvent
from cases.desk.access.shown import events
from cases.desk.middleware import id_from_proxy
from cases.history import acting
from cases.history.calling import call

# Pages on which nothing of the record can stand.
SHOWS_NOTHING = {
    "admin:jsi18n",
    "admin:password_change",
    "admin:password_change_done",
    "admin:understood",
    "editorial-schema",
    "editorial-docs",
}
OWN_ACCOUNT = "admin/account/"
LINE = ("act", "kind", "record_id", "case_id", "page", "asked", "rows", "reason")


def log_what_is_shown(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(settings.DESK_ADDRESSES):
            return get_response(request)
        user: Any = request.user
        # The view may sign the person out, so we ask before it.
        is_known = user.is_authenticated
        response = get_response(request)
        match = request.resolver_match
        shows = 200 <= response.status_code < 300 and response.status_code != 204
        of_record = (
            match
            and match.view_name not in SHOWS_NOTHING
            and not match.route.startswith(OWN_ACCOUNT)
        )
        if is_known and shows and of_record:
            access_events = events(request, response)
            with acting(user=user):
                log(access_events, id_from_proxy(request))
        return response

    return middleware


def log(access_events: Iterable[AccessEvent], request_id: str) -> None:
    """For whoever acts: the desk's login writes a line for nobody else."""
    lines = []
    for event in access_events:
        line = {name: getattr(event, name) for name in LINE}
        lines.append({**line, "request_id": request_id})
    call("access_shown(%s::jsonb)", json.dumps(lines, cls=DjangoJSONEncoder))
