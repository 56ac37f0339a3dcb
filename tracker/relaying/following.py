"""`python -m tracker.mirror ADDRESS --into postgres`: reads, stores, and goes on."""

import argparse
import importlib
import os
import sys
import time
from typing import Any

import django
import httpx
from django.core.exceptions import ImproperlyConfigured

from tracker.mirror import Change, Failed, Mirror, Passing, connect, retry_after

EVERY = 0.5  # seconds between two readings


class RelayMirror(Mirror):
    """Into tables (tracker/relaying/tables.py)."""

    feed = "/api/v1/relay.ndjson"
    longest_pause = 5.0  # seconds: a withdrawal does not wait for long

    def is_read(self, place: Change) -> bool:
        """What comes next may be held back; then it is asked again soon."""
        return bool(place["waits"]) or not place["more"]

    def picture(self, picture_id: str) -> tuple[str, bytes] | None:
        """None where it is not there: its source is held back, or names it no more."""
        try:
            response = self.client.get(f"/api/v1/copies/{picture_id}/")
        except httpx.HTTPError as error:
            raise Passing(f"the line failed ({type(error).__name__})") from error
        if response.status_code == 404:
            return None
        if response.status_code != 200:
            raise Passing(
                f"a picture answered {response.status_code}", retry_after(response)
            )
        return response.headers.get("Content-Type", ""), response.content


def follow(options: argparse.Namespace) -> int:
    """The exit status: that of tracker/mirror.py."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DATABASE_LOGIN", "relay")
    try:
        django.setup()
        return _follow(options)
    except (Failed, ImproperlyConfigured, OSError, httpx.InvalidURL) as error:
        print(error, file=sys.stderr)
        return 1


def _follow(options: argparse.Namespace) -> int:
    # Models are there only once Django is set up.
    tables: Any = importlib.import_module("tracker.relaying.tables")
    pictures: Any = importlib.import_module("tracker.relaying.pictures")
    key = options.key_file.read_text().strip() if options.key_file else None
    copy = tables.Tables.of_this_process(options.address.rstrip("/"))
    with connect(options.address, key) as client:
        mirror = RelayMirror(client, copy, options.patience)
        mirror.warn = lambda trouble: print(trouble, file=sys.stderr)
        apart = pictures.Fetching(mirror.picture, copy.put_picture, mirror.warn)
        if options.anew:
            copy.start_anew()
        mirror.sync()
        if not options.watch:
            _fetch_all(mirror, copy, apart)
        if options.verify and not mirror.is_equal():
            print(
                "The copy differs from what is published. Run again with --anew.",
                file=sys.stderr,
            )
            return 1
        while options.watch:
            apart.go_on(lambda: copy.lacking, EVERY)
            mirror.sync()
    return 0


def _fetch_all(mirror: RelayMirror, copy: Any, apart: Any) -> None:
    """As long as any comes."""
    count, end = len(copy.lacking), time.monotonic() + mirror.patience
    while copy.lacking:
        apart.go_on(lambda: copy.lacking, EVERY)
        mirror.sync()
        if len(copy.lacking) != count:
            count, end = len(copy.lacking), time.monotonic() + mirror.patience
        if time.monotonic() > end:
            raise Failed(
                f"{count} pictures did not come. All else is here; after a minute the"
                " sources that name them are shown without them."
            )
