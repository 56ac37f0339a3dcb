"""One folding in which most spellings of a Belarusian or Russian name meet, whatever
script or transliteration.

A published row's `search_key` is " word word word"; it answers a query if it contains
each folded word of the query at the beginning of one of its own (LIKE '% word%'). How
well this finds people: docs/decisions/names.md.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# Each to the spelling from which the rules below go on. The apostrophe and the signs
# only soften or harden.
_LETTERS = str.maketrans(
    {
        **dict(
            zip(
                "абвгґдезийіїклмнопрстуфхцыэє",
                "abvggdeziiiiklmnoprstufhciee",
                strict=True,
            )
        ),
        **{
            "ё": "io",
            "ж": "zh",
            "ў": "w",
            "ч": "ch",
            "ш": "sh",
            "щ": "shch",
            "ю": "iu",
            "я": "ia",
        },
        **{"č": "ch", "š": "sh", "ž": "zh", "ż": "zh", "ŭ": "w", "ł": "l", "ß": "s"},
        **dict.fromkeys("ьъ'’ʼ‘`´", ""),
    }
)
_RULES = [
    (re.compile(pattern), replacement)
    for pattern, replacement in [
        (r"tsch|tch|cz", "ch"),  # German, French, Polish
        (r"s(?:ch|z)|zh", "sh"),
        (
            r"(?<=n)z|z(?=k)|(?<=e)z$|t[sz]",
            "c",
        ),  # Manzewitsch, Mazkewitsch, Sewerynez; ts
        (r"rz", "r"),
        (r"c(?=t)", "k"),
        (r"x", "ks"),
        (r"ph", "f"),
        (r"sh", "x"),
        (r"th", "t"),
        (
            r"[ckg]h|g",
            "h",
        ),  # ch may stand for two sounds, and g, h and kh are all written for each other
        (r"dz", "d"),  # soft d and t are dz and ts in Belarusian
        (r"c", "t"),
        (r"z", "s"),
        (r"w", "v"),
        (r"[yj]", "i"),
        (r"i+(?=[aeiou])", ""),  # what only softens: ia, ya, ja
        (r"[eo]", "a"),  # unstressed vowels, and e beside ia
        (r"(?<=a)u", "v"),
        (r"(.)\1+", r"\1"),
    ]
]
_WORD = re.compile(r"[^\W_]+")


def _plain_words(text: str) -> list[str]:
    letters = unicodedata.normalize("NFC", text.casefold()).translate(_LETTERS)
    plain = (
        letter
        for letter in unicodedata.normalize("NFKD", letters)
        if not unicodedata.combining(letter)
    )
    return _WORD.findall("".join(plain))


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    """A plain word with what spellings differ in taken out; what stays is letters and
    digits.
    """
    text = word
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


# First names that are one name in other languages, or in their everyday form; the first
# stands for all.
FIRST_NAMES = """
aliaksandr alexander aleksander oleksandr ales
aliaksandra alexandra aleksandra oleksandra
aliaksei alexei alexey oleksii
anastasia nastassia anastasiia nastsia nastya nasta
andrei andrew andrus andrii andzhei
anton antos
arseni arsenii arsen
artsiom artem artyom
danila daniil daniel danilo
dzmitry dmitry dmitrij dmytro zmitser zmicier dima
eduard edward
hanna anna anya ganna
henadz gennady henadzi hiennadz
hleb gleb
iosif yosif joseph iazep jozef
ivan john
iryna irina ira
illia ilya ilja ilia elijah
katsiaryna ekaterina yekaterina katerina kateryna catherine katya
kanstantsin konstantin kastus kostya constantine
ksenia xenia
leanid leonid
liudmila ludmila
liubou lyubov lubou
mikalai nikolai mikola mykola nicholas nikolas
mikhail mikhailo mihas michael michal mykhailo mihal
mikita nikita mykyta
natallia natalia natalya natasha nataliya
paval pavel pavlo paul pawel
piotr petr pyotr petro peter pyatro
ryhor grigory hryhor hryhorii gregory grzegorz
siarhei sergei serhii serge siarzhuk sergius
sviatlana svetlana svitlana
stsiapan stepan stefan
tatsiana tatiana tatyana tetiana
uladzimir vladimir volodymyr uladzimer wladimir
uladzislau vladislav vladyslav wladyslaw
vasil vasily vasilii wasil basil
viachaslau vyacheslav
viktar viktor victor wiktor
viktoryia viktoria victoria
volha olga olha wolha
yahor egor yegor jehor
yauhen evgeny yevgeny yevhen yawhen jauhien eugene yauhenia evgenia eugenia
yelizaveta lizaveta elizaveta elisabeth
yury yuri yuras
yulia julia yuliya
zinaida zina
"""
_SAME_NAME = {
    _fold(name): _fold(names.split()[0])
    for names in FIRST_NAMES.strip().splitlines()
    for name in names.split()
}


def _words(text: str) -> list[str]:
    return [_fold(word) for word in _plain_words(text)]


def search_key(names: Iterable[str]) -> str:
    """All words of the names, folded, each after a space: " dadak mikalai". Empty for
    no names.
    """
    words = {word for name in names for word in _words(name)}
    words |= {_SAME_NAME[word] for word in words if word in _SAME_NAME}
    return "".join(f" {word}" for word in sorted(words))


def query_key(text: str) -> list[str]:
    """What a search key must contain, each after a space, to answer this query. Empty
    if nothing is asked.
    """
    return [_SAME_NAME.get(word, word) for word in _words(text)]


def sort_key(text: str) -> str:
    """To order names and titles in one alphabet, whatever their script and marks."""
    return " ".join(_plain_words(text))
