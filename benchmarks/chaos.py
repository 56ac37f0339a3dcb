"""Everything goes wrong at once, and nothing is lost or seen that should not be:

    python -m benchmarks.chaos [--seconds SECONDS] [--small] [--seed SEED]

It makes a PostgreSQL of its own in a folder that it removes again; as root, with its
tables on a small file system that it fills. Writers go through SQL, the editorial API
and the admin, while the gate, the web server and PostgreSQL are killed, the disk is
full, tables are locked, the clock moves and readers storm in (tests/hammer/chaos/). It
says what it did; what is wrong in the end, it says, too, and ends with 1. The choices
follow from the seed; what meets when does not. Figures are in docs/decisions/publishing.md.
"""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.hammer.chaos.place import Place, apply


def main(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="chaos-") as directory:
        place = Place(Path(directory))
        with place.made():
            apply(place.environment)
            import django

            django.setup()
            from tests.hammer.chaos import run

            size = run.SMALL if arguments.small else run.LARGE
            if arguments.seconds:
                size = replace(size, seconds=arguments.seconds)
            outcome = run.run(place, size, arguments.seed)
        if place.disk is None:
            print(
                "No file system could be mounted: the database said that it was full."
            )
        print("\n".join(outcome.sentences()))
        if outcome.wrong and arguments.errors:
            arguments.errors.write_bytes((place.directory / "errors.log").read_bytes())
    return int(bool(outcome.wrong))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--small", action="store_true", help="each fault once")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--errors", type=Path, help="where to leave the processes' log")
    sys.exit(main(parser.parse_args()))
