"""A bare WSGI function that asks for the same row by its key, and nothing else: no
framework, no header but two, no key checked. DATABASE_PUBLIC_URL says where.
"""

import os
import threading
from collections.abc import Callable
from typing import Any

import psycopg

DOCUMENT = "SELECT document FROM tracker_public_document WHERE id = %s"
_here = threading.local()


def connection() -> psycopg.Connection[Any]:
    """Each thread keeps its own."""
    if not hasattr(_here, "connection"):
        address = os.environ["DATABASE_PUBLIC_URL"]
        _here.connection = psycopg.connect(address, autocommit=True)
    kept: psycopg.Connection[Any] = _here.connection
    return kept


def application(
    environ: dict[str, Any], start_response: Callable[..., object]
) -> list[bytes]:
    row_id = environ["PATH_INFO"].split("/")[-2]
    row = connection().execute(DOCUMENT, [row_id], prepare=True).fetchone()
    assert row is not None
    body = row[0].encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
    ]
    start_response("200 OK", headers)
    return [body]
