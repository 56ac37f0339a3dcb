"""Everything that comes along may be used and passed on as our licence says."""

from pathlib import Path

import pytest

from config.licences import READ, is_accepted, licence, names

ROOT = Path(__file__).parents[2]
LOCKS = [ROOT / "requirements.txt", ROOT / "requirements-embedded.txt"]


def test_the_licence_of_every_package_goes_with_ours() -> None:
    packages = names(LOCKS)
    assert {"django", *READ} <= set(packages)
    told = {name: licence(name) for name in packages}
    refused = {name: words for name, words in told.items() if not is_accepted(words)}
    assert refused == {}


@pytest.mark.parametrize(
    "words",
    [
        "",
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "MIT AND GPL-2.0-only",
        "(MIT OR ISC) AND GPL-2.0-only",
        "Other/Proprietary License",
    ],
)
def test_what_would_bind_whoever_passes_it_on_is_refused(words: str) -> None:
    assert not is_accepted(words)


def test_of_several_to_choose_from_one_is_enough() -> None:
    assert is_accepted("GPL-2.0-only OR MIT")
