"""The catalogues hold every text of the public pages and of the desk, whole. GNU gettext
is not asked.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings

from tests.catalogues import (
    ROOT,
    Message,
    compiled,
    placeholders,
    read,
    said_by_the_desk,
)
from tests.catalogues import said_by_the_code as said

TRANSLATED = [code for code, _name in settings.LANGUAGES if code != "en"]
PUBLIC, DESK = ROOT / "locale", ROOT / "cases" / "locale"
EVERY = sorted([*PUBLIC.rglob("*.po"), *DESK.rglob("*.po")])


def messages(language: str, folder: Path = PUBLIC) -> list[Message]:
    return read(folder / language / "LC_MESSAGES" / "django.po")[1:]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_every_text_of_the_public_pages_and_no_other(
    language: str,
) -> None:
    assert {message.key for message in messages(language)} == said()


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_desk_has_a_catalogue_of_what_it_alone_says(language: str) -> None:
    """What both say is translated once, with the public pages."""
    assert {message.key for message in messages(language, DESK)} == said_by_the_desk()


def test_every_catalogue_is_read() -> None:
    assert len(EVERY) >= 2 * len(TRANSLATED)
    assert len(said()) > 700
    assert len(said_by_the_desk()) > 1_400


@pytest.mark.parametrize("path", EVERY, ids=str)
def test_nothing_is_left_open_in_a_catalogue(path: Path) -> None:
    header, *messages = read(path)
    (forms,) = re.findall(r"nplurals=(\d)", header.words[0])
    for message in messages:
        assert not message.fuzzy, message.source
        assert message.words, message.source
        assert len(message.words) == (int(forms) if message.plural else 1), (
            message.source
        )
        assert all(message.words), message.source


@pytest.mark.parametrize("path", EVERY, ids=str)
def test_a_translation_names_what_its_source_names(path: Path) -> None:
    for message in read(path)[1:]:
        for words in message.words:
            assert placeholders(words) == placeholders(message.source), words


@pytest.mark.parametrize("path", EVERY, ids=str)
def test_the_compiled_catalogue_says_what_the_readable_one_says(path: Path) -> None:
    readable = {message.key: message.words for message in read(path)[1:]}
    machine = compiled(path.with_suffix(".mo"))
    machine.pop(("", ""))
    assert machine == readable


@pytest.mark.parametrize("path", EVERY, ids=str)
def test_no_text_stands_twice_in_a_catalogue(path: Path) -> None:
    keys = [message.key for message in read(path)]
    assert len(keys) == len({*keys})
