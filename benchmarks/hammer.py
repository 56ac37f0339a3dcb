"""The hammer of `tests/hammer`, for as long as one likes: `python -m benchmarks.hammer
SECONDS [SEED]`.

Eight writers, publishers and mirrors that are killed at random, on the database that
DATABASE_URL names and its four logins (use one made for it). Beside the mirrors a
reader asks for what was updated since the last time, as a hand-made sync would. Figures
are in docs/decisions/sync.md.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["REQUIRE_REVIEW"] = "off"

import django

django.setup()

from django.conf import settings

from tests.hammer.stage import Stage
from tests.keys import key_for


def main(seconds: float, seed: int) -> int:
    keys = {"partners": key_for("Hammer").secret}
    with tempfile.TemporaryDirectory() as directory:
        outcome = Stage(Path(directory), settings.DATABASE_URLS, keys, seed).run(
            seconds
        )
    print("written", outcome.written)
    print("killed", outcome.killed)
    for audience, difference in outcome.copies.items():
        print(f"{audience}: {outcome.published[audience]} published; {difference}")
    print(f"a reader of what was updated since: {outcome.naive}")
    return int(any(outcome.copies.values()) or any(outcome.verified.values()))


if __name__ == "__main__":
    sys.exit(main(float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1))
