"""What is kept is what was made: whatever is then found in memory is asked for once more,
and compared. So a suite that looks at answers has looked at both.

    pytestmark = [pytest.mark.usefixtures("told_again")]
"""

from typing import Any

import pytest
from django.test import Client

from tracker import answers
from tracker.audiences import PARTNERS, PUBLIC

# Each answer has one of its own; how much one may still ask goes down.
OF_ITS_OWN = {"X-Request-ID", "RateLimit"}


@pytest.fixture
def told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    once = Client.generic

    def twice(self: Client, method: str, *args: Any, **kwargs: Any) -> Any:
        response: Any = once(self, method, *args, **kwargs)
        if method == "GET" and _is_kept(response):
            again: Any = once(self, method, *args, **kwargs)
            assert _compared(again) == _compared(response)
        return response

    monkeypatch.setattr(Client, "generic", twice)


def _is_kept(response: Any) -> bool:
    request = response.wsgi_request
    has_key = "HTTP_AUTHORIZATION" in request.META and request.path.startswith("/api/")
    return answers.is_kept(request, PARTNERS if has_key else PUBLIC)


def _compared(response: Any) -> tuple[int, dict[str, str], bytes]:
    headers = {}
    for name, value in response.headers.items():
        if name not in OF_ITS_OWN:
            headers[name] = value
    # A compressed answer has some random bytes at its beginning.
    is_packed = response.headers.get("Content-Encoding") == "gzip"
    if is_packed:
        headers.pop("Content-Length", None)
    body = b"" if is_packed else response.content
    return response.status_code, headers, body
