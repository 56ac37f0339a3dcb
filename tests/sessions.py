"""Django's test client puts the key that a session has in the database into its cookie.
Here that is a digest, which signs nobody in: the cookie holds the browser's key.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.test.client import Client, ClientMixin

from cases.desk.signin.sessions import SessionStore

_set_cookies = ClientMixin._set_login_cookies  # type: ignore[attr-defined]


def as_a_browser() -> None:
    """From then on every test client does."""

    def sign_in(client: Client, request: HttpRequest) -> None:
        _set_cookies(client, request)
        _give(client, request.session)

    def session(client: Client) -> Any:
        cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
        if cookie and cookie.value:
            return SessionStore.of_browser(cookie.value)
        new = SessionStore()
        new.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = ""
        _give(client, new)
        return new

    ClientMixin._set_login_cookies = sign_in  # type: ignore[attr-defined]
    ClientMixin.session = property(session)  # type: ignore[assignment]


def _give(client: Client, session: Any) -> None:
    name = settings.SESSION_COOKIE_NAME
    client.cookies[name].set(name, session.cookie, session.cookie)
