"""What is kept is what was made: whatever is then found in memory is asked for once more,
and compared. So a suite that looks at answers has looked at both. Single documents are
asked for once more of what answers before Django (config/ahead.py).

    pytestmark = [pytest.mark.usefixtures("told_again")]
"""

from typing import Any

import pytest
from django.test import Client

from config.ahead import Ahead, anyone_is_answered
from config.documents_ahead import DOCUMENT
from tests.ahead import answer_of, compared
from tracker import answers
from tracker.answers import FOLLOWS_FROM
from tracker.audiences import PARTNERS, PUBLIC


@pytest.fixture
def told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    once = Client.generic
    front = Ahead(_again)

    def twice(self: Client, method: str, *args: Any, **kwargs: Any) -> Any:
        response: Any = once(self, method, *args, **kwargs)
        is_kept = method == "GET" and _is_kept(response)
        if is_kept:
            again: Any = once(self, method, *args, **kwargs)
            assert compared(_parts(again)) == compared(_parts(response))
        environ = {**response.wsgi_request.environ}
        # Partners are answered by Django, and each question of a key counts.
        if "HTTP_AUTHORIZATION" in environ or not anyone_is_answered():
            return response
        if is_kept or _is_document(environ):
            environ.pop(FOLLOWS_FROM, None)
            if not environ["HTTP_COOKIE"]:
                del environ["HTTP_COOKIE"]
            environ["again"] = lambda: once(self, method, *args, **kwargs)
            for _learned in (False, is_kept):
                told = answer_of(front, {**environ})
                assert compared(told) == compared(_parts(response))
        return response

    monkeypatch.setattr(Client, "generic", twice)


def _is_document(environ: Any) -> bool:
    is_get = environ["REQUEST_METHOD"] == "GET"
    return is_get and DOCUMENT.fullmatch(environ["PATH_INFO"]) is not None


def _is_kept(response: Any) -> bool:
    request = response.wsgi_request
    has_key = "HTTP_AUTHORIZATION" in request.META and request.path.startswith("/api/")
    return answers.is_kept(request, PARTNERS if has_key else PUBLIC)


def _parts(response: Any) -> tuple[int, dict[str, str], bytes]:
    return response.status_code, dict(response.headers), response.content


def _again(environ: Any, start_response: Any) -> list[bytes]:
    response = environ["again"]()
    follows_from = response.wsgi_request.environ.get(FOLLOWS_FROM)
    if follows_from is not None:
        environ[FOLLOWS_FROM] = follows_from
    status, headers, body = _parts(response)
    start_response(str(status), [*headers.items()])
    return [body]
