"""Under which licences the packages are that come along, and whether ours goes with them.

    python -m config.licences requirements.txt

lists them, and ends with 1 if one of them is not known to go with ours (MIT). It imports the
standard library only, and reads what is installed where it runs.
"""

import re
import sys
from importlib import metadata
from pathlib import Path

# Whoever has our wheel may use, change and pass on everything that comes along. What is
# under LGPL or MPL stays a package of its own, unchanged, that anybody may replace.
ACCEPTED = {
    "0BSD",
    "Apache-2.0",
    "BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSD 3-Clause",
    "BSD License",
    "Apache Software License",
    "ISC",
    "LGPL",
    "LGPL-3.0-only",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MIT License",
    "MPL-2.0",
    "PSF-2.0",
    "PostgreSQL",
}
# What the package says only in a file of its own, or says twice.
READ = {
    "edtf": "MIT",
    "fido2": "BSD-2-Clause AND Apache-2.0 AND MPL-2.0",
    "pyrage": "MIT",
    "qrcode": "BSD-3-Clause",
}
_NAME = re.compile(r"^([A-Za-z0-9._-]+)==", re.M)


def names(files: list[Path]) -> list[str]:
    """Of the packages of these locks that are installed: some are for other machines."""
    found: set[str] = set()
    for file in files:
        found.update(_NAME.findall(file.read_text()))
    there = set()
    for distribution in metadata.distributions():
        there.add(_normal(distribution.metadata["Name"]))
    return sorted(name for name in found if _normal(name) in there)


def licence(name: str) -> str:
    """As the package says it; empty if it says nothing."""
    if name in READ:
        return READ[name]
    told = metadata.metadata(name)
    for expression in told.get_all("License-Expression") or []:
        return str(expression)
    words = " ".join(told.get_all("License") or [])
    if words and "\n" not in words:
        return words
    classifiers = told.get_all("Classifier") or []
    licences = [line for line in classifiers if line.startswith("License :: ")]
    return " AND ".join(line.rpartition(" :: ")[2] for line in licences)


def is_accepted(expression: str) -> bool:
    """Of those that one may choose from, at least one; of those that go together, all.
    What has brackets a person reads.
    """
    choices = [choice.split(" AND ") for choice in expression.split(" OR ")]
    return any({part.strip() for part in parts} <= ACCEPTED for parts in choices)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main(arguments: list[str]) -> int:
    refused = 0
    for name in names([Path(argument) for argument in arguments]):
        words = licence(name)
        is_known = is_accepted(words)
        refused += not is_known
        doubt = "" if is_known else "\tNOT KNOWN TO GO WITH OURS"
        print(f"{name}\t{metadata.version(name)}\t{words}{doubt}")
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
