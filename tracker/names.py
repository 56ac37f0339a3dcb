"""One folding for most spellings of a name in any script.

A published row's `search_key` is " word word word". A query has folded words, too. The
row answers it if each of them begins a word of the key (LIKE '% word%').
docs/decisions/names.md says how well this finds people.
"""

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, groupby

from tracker.letters import is_written_together, plain_words, spellings

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


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    """A plain word without what spellings differ in. Only of Latin letters is it known
    what they differ in.
    """
    if not word.isascii():
        return word
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
muhammad mohammed mohamed mohammad muhammed mohamad mahomed mukhammad magomed محمد
ahmad ahmed akhmad akhmed
mahmud mahmoud makhmud
mustafa mostafa moustafa
hussein hussain husain husein hossein hosein huseyn khusein
umar omar
usman osman othman uthman
yusuf yousef youssef yusef yousuf
fatima fatma fatemeh fatimah
"""

# What is said before a name or after it, by language. Left out only where nobody is
# found with it: Ko and Sheikh are names, too.
_TITLES = """
en Mr Mrs Ms Miss Dr Prof Sir Rev Fr
ru г-н г-жа господин госпожа гражданин гражданка
be спадар спадарыня спн сп
uk пан пані добродій
pl pan pani
de Herr Frau
fr M Mme Mlle Monsieur Madame
es don doña Sr Sra Srta
pt Dom Dona
tr Bey Bay Bayan Hanım Sayın
az cənab xanım
kk мырза ханым
ar السيد السيدة الشيخ الحاج الحاجة الدكتور دكتور الأستاذ
ar-Latn Sheikh Shaikh Shaykh Sayyid Haji Hajj Hajja Ustaz
fa آقای آقا خانم دکتر حاج
my ဦး ဒေါ် ကို မောင် မ
my-Latn U Daw Ko Ma Maung Saw Sai Nang Naw
hi श्री श्रीमती सुश्री डॉ
hi-Latn Shri Smt
ta திரு திருமதி
th นาย นาง นางสาว
vi Ông Bà Anh Chị
km លោក លោកស្រី
zh 先生 女士 小姐 同志
ko 씨 님
"""
_WRITTEN_ON = ("先生", "女士", "小姐", "同志", "씨", "님")


def first_forms(lines: str) -> dict[str, str]:
    """Every folded form of the first names in these lines, and the first of its line."""
    found = {}
    for line in lines.strip().splitlines():
        forms = [_fold(form) for form in line.split()]
        for form in forms:
            found[form] = forms[0]
    return found


def _initials(forms: Mapping[str, str]) -> dict[str, set[str]]:
    """By the first form of a line, the letters with which its forms begin."""
    initials: dict[str, set[str]] = {}
    for form, first in forms.items():
        initials.setdefault(first, set()).add(form[0])
    return initials


_FIRST_FORMS = first_forms(FIRST_NAMES)
_INITIALS = _initials(_FIRST_FORMS)

# “Abd al-”, the servant of, is part of the name that follows.
_SERVANT = re.compile(r"abd(?:(?:[aei]|o?u)[lrsn])?")
_OF_SERVANT = re.compile(r"abd(?:[aei]|o?u)(?:l|([rsnzt])(?=\1))(?=\w{3})")
_ARTICLES = frozenset({"al", "el", "ul", "il"})
# Before r, s, z and others it takes their sound: Ez-Zahir, Ar-Rahman.
_ARTICLE_AS_SPOKEN = re.compile(r"[ae]((?:sh|[rszndt]))")
_ARABIC_ARTICLE, _ARABIC_SERVANT = "ال", "عبد"
_LEAST = 3  # letters of a name that an article was taken off
MOST_JOINED, LONGEST_JOINED = 4, 6  # words of a question; letters of each
SYLLABLES = 6  # of a name in which a letter is a syllable that stand in the key as one


def _names_in(words: Sequence[str]) -> list[list[str]]:
    """Each with the ways to write it. “Abd el-Karim” is one, and so is “al-Rahma”."""
    names: list[list[str]] = []
    left = deque(words)
    while left:
        word = left.popleft()
        if not left or not _may_go_on(word):
            names += _ways(word)
        elif _is_servant(word):
            if len(left) > 1 and _is_article(left[0], left[1]):
                left.popleft()
            servant = _ARABIC_SERVANT if word == _ARABIC_SERVANT else "abdal"
            names.append([servant + left.popleft()])
        elif _is_article(word, left[0]):
            name = left.popleft()
            names.append([name, word + name])
        else:
            names += _ways(word)
    return names


@lru_cache(maxsize=65536)
def _ways(word: str) -> list[list[str]]:
    if is_written_together(word):
        starts = range(0, len(word), SYLLABLES)
        return [[word[start : start + SYLLABLES]] for start in starts]
    return [[_without_article(word)]]


@lru_cache(maxsize=65536)
def _may_go_on(word: str) -> bool:
    """In the word that follows."""
    is_article = word in _ARTICLES or _ARTICLE_AS_SPOKEN.fullmatch(word)
    return bool(is_article) or _is_servant(word)


def _is_servant(word: str) -> bool:
    if word == _ARABIC_SERVANT:
        return True
    return _SERVANT.fullmatch(word) is not None


def _is_article(word: str, following: str) -> bool:
    if word in _ARTICLES:
        return True
    spoken = _ARTICLE_AS_SPOKEN.fullmatch(word)
    return bool(spoken and following.startswith(spoken[1]))


def _without_article(word: str) -> str:
    bare = word.removeprefix(_ARABIC_ARTICLE)
    if bare != word and len(bare) >= _LEAST:
        return bare
    return _OF_SERVANT.sub("abdal", word)


def asked_words(text: str) -> list[list[str]]:
    """The words that a search key must contain, folded, each with other ways to write
    it, of which one is enough.
    """
    asked: list[list[str]] = []
    for spelled in zip(*map(_names_in, spellings(text)), strict=True):
        folded = [_fold(word) for word in chain(*spelled)]
        same = [_FIRST_FORMS.get(word, word) for word in folded]
        word_asked = list(dict.fromkeys(same))
        if word_asked not in asked:
            asked.append(word_asked)
    return asked


def tells(word: str) -> bool:
    """Can a word give a name away? Not one of one letter or two, where a letter is no
    syllable.
    """
    return len(word) >= (2 if is_written_together(word) else 3)


def initials_of(word: str) -> set[str]:
    """Of a folded word; of a first name in whatever language."""
    return _INITIALS.get(word, {word[0]})


def readings(text: str) -> Iterator[list[list[str]]]:
    """What may be meant, the likeliest first: as it stands, without titles, and with two
    short words as one (Ming Da, Mingda).
    """
    yield asked_words(text)
    words = text.split()
    without_titles = [_without_title(word) for word in words]
    if without_titles != words and any(without_titles):
        yield asked_words(" ".join(without_titles))
    if len(words) > MOST_JOINED:
        return
    for second in range(1, len(words)):
        pair = words[second - 1 : second + 1]
        if all(1 < len(word) <= LONGEST_JOINED for word in pair):
            joined = [*words[: second - 1], "".join(pair), *words[second + 1 :]]
            yield asked_words(" ".join(joined))


def _without_title(word: str) -> str:
    if _spelled_together(word) in _titles():
        return ""
    for title in _WRITTEN_ON:
        word = word.removesuffix(title)
    return word


@cache
def _titles() -> frozenset[str]:
    titles: set[str] = set()
    for line in _TITLES.strip().splitlines():
        _language, *words = line.split()
        titles.update(_spelled_together(word) for word in words)
    return frozenset(titles)


def _spelled_together(word: str) -> str:
    return "".join(plain_words(word))


def search_key(names: Iterable[str]) -> str:
    """All words of the names, folded, each after a space: " dadak mikalai".

    Empty if there are no names.
    """
    words: set[str] = set()
    for name in names:
        words |= _key_words(name)
    return "".join(f" {word}" for word in sorted(words))


def _key_words(name: str) -> set[str]:
    """With and without what may be written otherwise."""
    key: set[str] = set()
    spelled = spellings(name)
    for words in spelled:
        key.update(*map(_forms_alone, words))
        if any(map(_may_go_on, words)):
            key.update(*map(_forms, chain(*_names_in(words))))
    for part in name.split():
        if "-" in part:
            key.update(*(_forms("".join(words)) for words in spellings(part)))
    for syllables in _written_together(spelled[0]):
        for start in range(len(syllables)):
            key |= _forms(syllables[start : start + SYLLABLES])
    key.discard("")
    return key


@lru_cache(maxsize=65536)
def _forms_alone(word: str) -> frozenset[str]:
    return _forms(word).union(*map(_forms, chain(*_ways(word))))


@lru_cache(maxsize=65536)
def _forms(word: str) -> frozenset[str]:
    folded = _fold(word)
    first = _FIRST_FORMS.get(folded, folded)
    return frozenset({folded, first} | _INITIALS.get(first, set()))


def _written_together(words: Iterable[str]) -> Iterator[str]:
    """Words of one syllable a letter, and what stands beside each other as one."""
    for together, group in groupby(words, is_written_together):
        if together:
            yield "".join(group)


def names_key(names: Collection[str]) -> str:
    """The search key, and in a line of its own the words of each name that a search key
    must contain for it; where it may be written otherwise, in another line those.
    """
    lines = set()
    for name in names:
        asked = asked_words(name)
        lines.add(" ".join(dict.fromkeys(ways[0] for ways in asked)))
        lines.add(" ".join(dict.fromkeys(ways[-1] for ways in asked)))
    return "\n".join([search_key(names), *sorted(lines)])


def words_of_names(key: str) -> list[set[str]]:
    """Of each name, from such a key."""
    return [set(line.split()) for line in key.splitlines()[1:] if line]


def query_key(text: str) -> list[str]:
    """The words that a search key must contain, each after a space, and each once.

    Empty if nothing is asked.
    """
    return list(dict.fromkeys(ways[0] for ways in asked_words(text)))


def sort_key(text: str) -> str:
    """A key that orders names and titles of any script in one alphabet."""
    return " ".join(plain_words(text))
