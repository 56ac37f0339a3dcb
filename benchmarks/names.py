"""How well names are found in any spelling: python -m benchmarks.names SPELLINGS.json

The file is a list of people: {"be": …, "ru": …, "latin": …, "also_written": […]}. A
person's search key is made of some of the spellings, and every other spelling of every
person is asked for.
"""

import json
import sys
from pathlib import Path
from typing import Any

from tracker.names import asked_words, search_key

Person = dict[str, Any]
FORMS = ["be", "ru", "latin"]


def answers(key: str, query: str) -> bool:
    asked = asked_words(query)
    return all(any(f" {word}" in key for word in ways) for ways in asked)


def asked_spellings(person: Person, known: list[str]) -> list[str]:
    spellings = [person[form] for form in FORMS if form not in known]
    return spellings + person["also_written"]


def measure(people: list[Person], known: list[str]) -> None:
    keys = []
    for person in people:
        keys.append(search_key(person[form] for form in known))
    asked, missed, false = 0, [], []
    for number, person in enumerate(people):
        for spelling in asked_spellings(person, known):
            asked += 1
            for answer, key in enumerate(keys):
                sentence = f"{spelling} ({people[answer]['latin']})"
                if answer == number and not answers(key, spelling):
                    missed.append(sentence)
                elif answer != number and answers(key, spelling):
                    false.append(sentence)
    right = asked - len(missed)
    pairs = asked * (len(people) - 1)
    print(
        f"known by {' and '.join(known)}: {right} of {asked} found"
        f" ({right / asked:.1%}), {len(false)} false of {pairs} pairs"
        f" ({len(false) / pairs:.3%})"
    )
    print("  missed:", "; ".join(missed) or "–")
    print("  false:", "; ".join(false) or "–")


if __name__ == "__main__":
    everybody = json.loads(Path(sys.argv[1]).read_text())
    for forms in (FORMS, ["be"], ["ru"], ["latin"]):
        measure(everybody, forms)
