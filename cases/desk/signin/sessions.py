"""Sessions of which the database knows a digest. The browser alone has the key: whoever
reads the database, or a copy of it, takes over no session.

Within the desk `session_key` is the digest. So django-allauth's list of sessions holds
the digest, too. What a session holds is signed together with it: whoever writes to the
table cannot put another one's session under a key of their own.
"""

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.middleware import SessionMiddleware
from django.core import signing
from django.http import HttpRequest, HttpResponse

_LENGTH = 40  # of the column


def digest_of(cookie: str) -> str:
    """A key has 165 random bits, so that nobody finds it by trying."""
    return sha256(cookie.encode()).hexdigest()[:_LENGTH]


class SessionStore(db.SessionStore):
    """To be named in SESSION_ENGINE, together with the middleware below."""

    cookie = ""
    """The key, for the browser."""

    @classmethod
    def of_browser(cls, cookie: str | None) -> "SessionStore":
        if not cookie:
            return cls()
        session = cls(digest_of(cookie))
        session.cookie = cookie
        return session

    def _get_new_session_key(self) -> str:
        self.cookie = super()._get_new_session_key()  # type: ignore[misc]
        return digest_of(self.cookie)

    def encode(self, session_dict: dict[str, Any]) -> str:
        return signing.dumps(
            session_dict, salt=self._salt(), serializer=self.serializer, compress=True
        )

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        try:
            content: dict[str, Any] = signing.loads(
                str(session_data), salt=self._salt(), serializer=self.serializer
            )
        except signing.BadSignature:
            return {}
        return content

    def _salt(self) -> str:
        return f"{self.key_salt} {self.session_key}"


class Sessions(SessionMiddleware):
    """Gives the browser the key, and takes it from there."""

    def process_request(self, request: HttpRequest) -> None:
        cookie = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
        request.session = SessionStore.of_browser(cookie)

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        answer = super().process_response(request, response)
        name = settings.SESSION_COOKIE_NAME
        session = request.session
        if name in answer.cookies and answer.cookies[name].value:
            assert isinstance(session, SessionStore)
            answer.cookies[name].set(name, session.cookie, session.cookie)
        return answer
