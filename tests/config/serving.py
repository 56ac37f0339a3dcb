"""A process as a web server starts it, asked through its WSGI application and nothing
else of Django.

    python -m tests.config.serving '[["/en/", ""], ["/api/v1/", "Api-Key …"]]'

prints {"modules": [...], "aliases": [...], "answers": [[status, headers, body], ...]}.
"""

import io
import json
import sys
from typing import Any
from wsgiref.util import setup_testing_defaults


def ask(
    application: Any, address: str, authorization: str
) -> tuple[int, dict[str, str], str]:
    path, _mark, query = address.partition("?")
    environ: dict[str, Any] = {
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "localhost",
    }
    setup_testing_defaults(environ)
    environ["wsgi.errors"] = io.StringIO()
    if authorization:
        environ["HTTP_AUTHORIZATION"] = authorization
    started: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        started.update(status=int(status.split()[0]), headers=dict(headers))

    response = application(environ, start_response)
    body = b"".join(response).decode()
    if hasattr(response, "close"):  # what is told before Django has none
        response.close()
    return started["status"], started["headers"], body


def main() -> None:
    from config.wsgi import application

    answers = [ask(application, *question) for question in json.loads(sys.argv[1])]
    from django.db import connections

    print(
        json.dumps(
            {
                "modules": sorted(sys.modules),
                "aliases": sorted(connections.settings),
                "answers": answers,
            }
        )
    )


if __name__ == "__main__":
    main()
