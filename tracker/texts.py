"""The words of texts, by which cases and sources are found: in plain letters, so that
Минск, Мінск and Minsk are one word, and otherwise as they stand.

Names are folded further (tracker/names.py), and have a search of their own. Nothing is
cut to a stem: the beginning of a word finds its endings, in every language alike.
docs/decisions/text-search.md
"""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import zip_longest

from tracker.letters import is_written_together, spellings

MOST_WORDS = 5000  # different ones of one document: PostgreSQL takes 1 MB of them
LONGEST = 40  # letters
LEAST = 3  # letters of which the beginning of a word may be asked for
PIECE = 3  # letters, of what is written without spaces between words

Asked = list[list[str]]

# Russians write the one for the other.
_ONE_LETTER = str.maketrans("ёЁ", "еЕ")
_THAI_LAO_BURMESE_KHMER = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+")


def words_of(texts: Iterable[str]) -> list[str]:
    """Each word once, in the order of its letters; of what has no spaces each piece."""
    words: set[str] = set()
    for text in texts:
        for spelled in spellings(text.translate(_ONE_LETTER)):
            for word in spelled:
                words.update(_pieces(word))
    return sorted(words)[:MOST_WORDS]


@lru_cache(maxsize=65536)
def _pieces(word: str) -> tuple[str, ...]:
    if not _has_no_spaces(word):
        return (word[:LONGEST],)
    return tuple(word[start : start + PIECE] for start in range(len(word)))


def asked_words(text: str) -> Asked:
    """What a text must hold: each word with the ways to write it, of which one is enough."""
    asked: Asked = []
    for ways in zip_longest(*spellings(text.translate(_ONE_LETTER))):
        first, *others = (way for way in ways if way)
        if _has_no_spaces(first) and len(first) > PIECE:
            last = len(first) - PIECE
            asked += [[first[start : start + PIECE]] for start in range(last + 1)]
        else:
            asked.append([way[:LONGEST] for way in dict.fromkeys([first, *others])])
    return asked


def _has_no_spaces(word: str) -> bool:
    if is_written_together(word):
        return True
    return _THAI_LAO_BURMESE_KHMER.fullmatch(word) is not None


def may_go_on(word: str) -> bool:
    """Is it enough if a word begins so? Of one letter or two every text has some."""
    return len(word) >= LEAST or _has_no_spaces(word)


def query(asked: Asked) -> str:
    """As PostgreSQL asks a tsvector."""
    every_word = []
    for ways in asked:
        any_way = [f"'{way}'{':*' if may_go_on(way) else ''}" for way in ways]
        every_word.append(f"({' | '.join(any_way)})")
    return " & ".join(every_word)


def has_some(texts: Iterable[str], asked: Asked) -> int:
    """How many of the words asked for these texts hold."""
    words = words_of(texts)
    return sum(_has(words, ways) for ways in asked)


def _has(words: Collection[str], ways: Iterable[str]) -> bool:
    for way in ways:
        if way in words:
            return True
        if may_go_on(way) and any(word.startswith(way) for word in words):
            return True
    return False
