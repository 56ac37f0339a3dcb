"""How well names are found whatever their spelling: python -m benchmarks.names
SPELLINGS.json

The file is a list of people: {"be": …, "ru": …, "latin": …, "also_written": […]}. A
person's search key is made of the spellings said to be known, and every other spelling
of every person is asked for.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tracker.names import query_key, search_key

Person = dict[str, Any]


def answers(key: str, query: str) -> bool:
    return all(f" {word}" in key for word in query_key(query))


def measure(people: list[Person], known: list[str]) -> None:
    keys = [search_key(person[form] for form in known) for person in people]
    found, asked, missed, false = 0, 0, [], []
    for number, person in enumerate(people):
        spellings = [
            person[form] for form in ("be", "ru", "latin") if form not in known
        ] + person["also_written"]
        for spelling in spellings:
            asked += 1
            if answers(keys[number], spelling):
                found += 1
            else:
                missed.append(f"{spelling} ({person['latin']})")
            false += [
                f"{spelling} ({people[other]['latin']})"
                for other, key in enumerate(keys)
                if other != number and answers(key, spelling)
            ]
    pairs = asked * (len(people) - 1)
    print(
        f"known by {' and '.join(known)}: {found} of {asked} found ({found / asked:.1%}),",
        end=" ",
    )
    print(f"{len(false)} false of {pairs} pairs ({len(false) / pairs:.3%})")
    print("  missed:", "; ".join(missed) or "–")
    print("  false:", "; ".join(false) or "–")


if __name__ == "__main__":
    everybody = json.loads(Path(sys.argv[1]).read_text())
    for forms in (["be", "ru", "latin"], ["be"], ["ru"], ["latin"]):
        measure(everybody, forms)
