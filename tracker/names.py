"""One folding for most spellings of a Belarusian or Russian name in any script.

A published row's `search_key` is " word word word". A query has folded words, too. The
row answers it if each of them begins a word of the key (LIKE '% word%').
docs/decisions/names.md says how well this finds people.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

# The rules below go on from these spellings. The apostrophe and the signs only soften
# or harden a sound.
_OTHER_LETTERS: dict[str, int | str | None] = {
    **{"ё": "io", "ж": "zh", "ў": "w", "ч": "ch", "ш": "sh", "щ": "shch"},
    **{"ю": "iu", "я": "ia"},
    **{"č": "ch", "š": "sh", "ž": "zh", "ż": "zh", "ŭ": "w", "ł": "l", "ß": "s"},
}
_LETTERS: dict[int, int | str | None] = {
    **str.maketrans(
        "абвгґдезийіїклмнопрстуфхцыэє", "abvggdeziiiiklmnoprstufhciee", "ьъ'’ʼ‘`´"
    ),
    **str.maketrans(_OTHER_LETTERS),
}
_RULES = [
    (re.compile(r"tsch|tch|cz"), "ch"),  # German, French, Polish
    (re.compile(r"s(?:ch|z)|zh"), "sh"),
    # Manzewitsch, Mazkewitsch, Sewerynez; ts
    (re.compile(r"(?<=n)z|z(?=k)|(?<=e)z$|t[sz]"), "c"),
    (re.compile(r"rz"), "r"),
    (re.compile(r"c(?=t)"), "k"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"sh"), "x"),
    (re.compile(r"th"), "t"),
    # ch may stand for two sounds, and people write g, h and kh for each other
    (re.compile(r"[ckg]h|g"), "h"),
    (re.compile(r"dz"), "d"),  # soft d and t are dz and ts in Belarusian
    (re.compile(r"c"), "t"),
    (re.compile(r"z"), "s"),
    (re.compile(r"w"), "v"),
    (re.compile(r"[yj]"), "i"),
    (re.compile(r"i+(?=[aeiou])"), ""),  # this i only softens: ia, ya, ja
    (re.compile(r"[eo]"), "a"),  # unstressed vowels, and e beside ia
    (re.compile(r"(?<=a)u"), "v"),
    (re.compile(r"(.)\1+"), r"\1"),
]
_WORD = re.compile(r"[^\W_]+")


def _plain_words(text: str) -> list[str]:
    letters = unicodedata.normalize("NFC", text.casefold()).translate(_LETTERS)
    decomposed = unicodedata.normalize("NFKD", letters)
    plain = [letter for letter in decomposed if not unicodedata.combining(letter)]
    return _WORD.findall("".join(plain))


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    """A plain word without what spellings differ in: letters and digits."""
    folded = word
    for pattern, replacement in _RULES:
        folded = pattern.sub(replacement, folded)
    return folded


# Each line is one first name in several languages, and in its everyday forms. The first
# form stands for all.
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


def first_forms(lines: str) -> dict[str, str]:
    """Every folded form of the first names in these lines, and the first of its line."""
    found = {}
    for line in lines.strip().splitlines():
        forms = [_fold(form) for form in line.split()]
        for form in forms:
            found[form] = forms[0]
    return found


_FIRST_FORMS = first_forms(FIRST_NAMES)


def _folded_words(text: str) -> list[str]:
    return [_fold(word) for word in _plain_words(text)]


def search_key(names: Iterable[str]) -> str:
    """All words of the names, folded, each after a space: " dadak mikalai".

    Empty if there are no names.
    """
    words: set[str] = set()
    for name in names:
        for word in _folded_words(name):
            words.add(word)
            words.add(_FIRST_FORMS.get(word, word))
    return "".join(f" {word}" for word in sorted(words))


def names_key(names: Iterable[str]) -> str:
    """The search key, and in a line of its own the words of each name that a search key
    must contain for it.
    """
    lines = {" ".join(query_key(name)) for name in names}
    return "\n".join([search_key(names), *sorted(lines)])


def words_of_names(key: str) -> list[set[str]]:
    """Of each name, from such a key."""
    return [set(line.split()) for line in key.splitlines()[1:]]


def query_key(text: str) -> list[str]:
    """The words that a search key must contain, each after a space, and each once.

    Empty if nothing is asked.
    """
    words = [_FIRST_FORMS.get(word, word) for word in _folded_words(text)]
    return list(dict.fromkeys(words))


def sort_key(text: str) -> str:
    """A key that orders names and titles of any script in one alphabet."""
    return " ".join(_plain_words(text))
