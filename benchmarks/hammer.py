"""The hammer of `tests/hammer`, for as long as one likes:

    python -m benchmarks.hammer SECONDS [SEED]

Eight writers work, and publishers and mirrors are killed at random. It takes the
database that DATABASE_URL names, with its five logins. Use one made for it. Beside the
mirrors, a reader asks for what was updated since the last time, as a hand-made sync
would. Figures are in docs/decisions/sync.md.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DATABASE_LOGIN", "owner")
os.environ["REQUIRE_REVIEW"] = "off"

import django

django.setup()

from django.conf import settings
from django.contrib.auth.models import User

from tests.factories import make_documenter
from tests.hammer.stage import Stage
from tests.keys import key_for


def main(seconds: float, seed: int) -> int:
    if not User.objects.filter(is_superuser=True).exists():
        make_documenter()  # by the owner: the writers may make no superuser
    keys = {"partners": key_for("Hammer").secret}
    with tempfile.TemporaryDirectory() as directory:
        stage = Stage(Path(directory), settings.DATABASE_URLS, keys, seed)
        outcome = stage.run(seconds)
    print("written", outcome.written)
    print("killed", outcome.killed)
    for audience, difference in outcome.copies.items():
        print(f"{audience}: {outcome.published[audience]} published; {difference}")
    print(f"a reader of what was updated since: {outcome.naive}")
    return int(any(outcome.copies.values()) or any(outcome.verified.values()))


if __name__ == "__main__":
    seed = 1
    if len(sys.argv) > 2:
        seed = int(sys.argv[2])
    sys.exit(main(float(sys.argv[1]), seed))
