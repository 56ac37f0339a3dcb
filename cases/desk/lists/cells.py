"""One column's cells, each read by the rule of its target or as a person decided."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

from babel.core import get_global
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from cases.desk.lists import dates, words
from cases.desk.lists.sentences import TERM_ALONE, sentences, unit_of
from cases.desk.lists.targets import LEAVE_OUT, NOTHING_KNOWN, Plan, Target
from cases.desk.lists.unread import Unread
from cases.desk.lists.words import plain
from tracker.contract import vocabulary as v
from tracker.contract.proposal_fields import Address

LEFT_OUT = "left_out"
# A status in the column of the sentence: "under trial", "حبس احتياطي".
_OF_STATUS = {"on_remand", "pending", "convicted", "acquitted", "house_arrest"}
_TABLES = {"occupations": words.OCCUPATIONS}

_AGE = re.compile(
    r"(\d{1,3})\s*"
    r"(?:years? old|years?|yrs?|y/?o|лет|год|года|гадоў|гады|років|años|سنة|سنه|عاما|عامًا|yaşında|yaş|ans|سال|岁)?\.?"
)
_SEVERAL = re.compile(r"\s*(?:[,;،؛|\n+]|\s(?:and|и|y|і|ve|və|&)\s|\sو\s)\s*")
_ARTICLE = re.compile(
    r"(?:(?:arts?|articles?|artículos?|articulos?|ст|статьи|статья|арт|артыкул|sections?|secs?|s|§+|المواد|المادة|مادة"
    r"|madde|maddesi|ماده)\b\.?|§)?\s*"
    r"(?P<article>\d+(?:[-.–]\d+)*(?:/\d)?(?![/\d])(?:[a-zа-я](?![^\W_]))?(?:\s?\([^()]{1,10}\))*"
    r"(?:\s*(?:\b(?:bis|ter|quater)\b|مكرر[اً]*|\b(?:ч|п|прим|part|para)\b\.?\s?[\w.]{1,4}))*)"
    r"(?:\s*(?:\b(?:of the|of|del|de la|de|من|الـ)\b)?\s*(?P<law>[^\W\d].*))?",
    re.IGNORECASE,
)
_LAW = re.compile(
    r"(?i:.*\b(?:code|act|law|código|codigo|penal|ley|кодекс\w*|закон\w*|قانون|القانون|العقوبات|kanun\w*|tck|tmk)\b.*)"
    r"|[A-ZА-ЯЎІ]{2,6}(?:\s[A-ZА-ЯЎІ]{2,4})?",
    re.DOTALL,
)
_PART_FIRST = re.compile(
    r"(?P<part>[чп]\.?\s?\d+)\s+ст\.?\s?(?P<rest>\d.*)", re.IGNORECASE
)
# Of a court case, among articles: 1356/2019.
_CASE_NUMBER = re.compile(r"\d{1,6}/(?:19|20)\d\d|(?:19|20)\d\d/\d{1,6}")
_LAW_FIRST = re.compile(r"(?P<law>[A-ZА-ЯЎІ]{2,6})\s+(?P<rest>\d.*)")
_A_LAW = re.compile(r"(?:ley|law|act|закон|decree|decreto|указ|قانون)\b", re.IGNORECASE)
# Of the scripts that are of one language, or of one first of all.
_SCRIPTS = {
    "LATIN": ("Latn", ""),
    "CYRILLIC": ("Cyrl", ""),
    "ARABIC": ("Arab", ""),
    "HEBREW": ("Hebr", "he"),
    "MYANMAR": ("Mymr", "my"),
    "THAI": ("Thai", "th"),
    "KHMER": ("Khmr", "km"),
    "GEORGIAN": ("Geor", "ka"),
    "ARMENIAN": ("Armn", "hy"),
    "HANGUL": ("Kore", "ko"),
    "CJK": ("Hans", ""),
}


class Reader:
    """`texts` are all that stand in the column: what a single letter means is seen by
    the others.
    """

    def __init__(
        self, title: str, target: Target, plan: Plan, texts: Iterable[str]
    ) -> None:
        self.title, self.target, self.texts = title, target, list(texts)
        self.mapped = plan.values.get(title, {})
        self.column = dates.Column(
            plan.date_order.get(title, ""),
            plan.calendar.get(title, "") or dates.OURS,
            target.key == "born",
        )
        self.unit = unit_of(title)
        self._read: dict[str, Any] = {}
        rules: dict[str, Callable[[str], Any]] = {
            "name": _one_line,
            "text": _one_line,
            "sex": self._sex,
            "date": lambda text: dates.edtf(text, self.column),
            "age": _age,
            "code": self._code,
            "codes": self._codes,
            "place": _place,
            "article": _articles,
            "charge": _charge_as_stated,
            "case_number": _case_numbers,
            "sentence": self._sentence,
            "status": _status,
            "address": _address,
            "flag": lambda text: plain(text) in words.YES,
        }
        self._rule = rules[target.kind]

    def read(self, text: str) -> Any:
        """None where nothing is known. Raises Unread."""
        if text not in self._read:
            try:
                self._read[text] = self._anew(text)
            except Unread as unread:
                self._read[text] = unread
        read = self._read[text]
        if isinstance(read, Unread):
            raise read
        return read

    def unread(self) -> dict[str, Unread]:
        """What a person may still decide about."""
        found = {}
        for text in self.texts:
            try:
                self.read(text)
            except Unread as unread:
                if unread.code != LEFT_OUT:
                    found[text] = unread
        return found

    def _anew(self, text: str) -> Any:
        decided = self.mapped.get(text)
        if decided == LEAVE_OUT:
            reason = _("“%(text)s” was left out when the columns were mapped.")
            raise Unread(reason % {"text": text}, LEFT_OUT)
        if decided == NOTHING_KNOWN or not text or self._says_nothing(text):
            return None
        if decided and self.target.choices:
            return self._of_codes(decided, text)
        return self._rule(decided or text)

    def _of_codes(self, decided: str, text: str) -> Any:
        """As a person decided: a code, or several of an occupation, parted by commas."""
        codes = [code.strip() for code in decided.split(",")]
        known = {code for code, _label in self.target.choices}
        if not known.issuperset(codes):
            return self._rule(decided)
        match self.target.kind:
            case "codes":
                return codes
            case "place":
                return {"place_kind": codes[0]}
            case "sentence":
                return [{"punishment": codes[0], "term_as_stated": text}]
        return codes[0]

    def _says_nothing(self, text: str) -> bool:
        """Somebody may be called Na."""
        if self.target.kind == "name" and len(plain(text)) < 4 and text.isalpha():
            return False
        if self.target.kind == "flag":
            return False
        return words.says_nothing(text)

    def _sex(self, text: str) -> str:
        code = words.coded(text, [words.SEX, words.by_label(v.Sex)])
        letter = plain(text)
        if not code and letter in words.SEX_LETTERS:
            letters = {plain(other) for other in self.texts}
            code = words.SEX_LETTERS[letter]
            if letter == "m" and "h" in letters:
                code = v.Sex.FEMALE.value  # hombre, mujer
            elif letter == "k" and "q" in letters:
                code = v.Sex.MALE.value  # kişi, qadın
        return code or self._no_code(text)

    def _code(self, text: str) -> str:
        code = words.coded(text, [words.by_label(self.target.vocabulary)])
        return code or self._no_code(text)

    def _no_code(self, text: str) -> str:
        reason = _("We have no word for “%(text)s”: choose what it means.")
        raise Unread(reason % {"text": text})

    def _codes(self, text: str) -> list[str]:
        """Each of them; what has no code is asked, and the others are known."""
        tables = [words.by_label(self.target.vocabulary)]
        if self.target.key in _TABLES:
            tables.append(_TABLES[self.target.key])
        if self.target.vocabulary is v.Country:
            tables = [words.countries()]
        whole = words.coded(text, tables)
        if whole:
            return [whole]
        codes, unknown = [], []
        for part in words.listed(text):
            code = words.coded(part, tables)
            if code and code not in codes:
                codes.append(code)
            elif not code and not words.says_nothing(part):
                unknown.append(part)
        if unknown:
            reason = _("We have no word for “%(text)s”: choose what it means.")
            raise Unread(reason % {"text": ", ".join(unknown)}, value=codes or None)
        return codes

    def _sentence(self, text: str) -> list[dict[str, Any]] | str:
        """Sentences, or the status that the cell tells."""
        status = words.coded(text, [words.STATUSES])
        if status in _OF_STATUS:
            return status
        return sentences(text, self.mapped.get(TERM_ALONE, ""), self.unit)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _address(text: str) -> str:
    try:
        address: str = Address().run_validation(text)
    except ValidationError:
        raise Unread(_("“%(text)s” is no address.") % {"text": text}) from None
    return address


def _age(text: str) -> int:
    match = _AGE.fullmatch(words.ABOUT.sub("", dates.small(text)))
    if match is None:
        raise Unread(_("“%(text)s” is no age in years.") % {"text": text})
    return int(match[1])


def _place(text: str) -> dict[str, str]:
    """A kind of place where nothing else is said; else the name, as stated."""
    kind = words.coded(text, [words.PLACES, words.by_label(v.PlaceKind)])
    if kind:
        return {"place_kind": kind}
    return {"place_as_stated": _one_line(text)}


def _status(text: str) -> str:
    code = words.coded(text, [words.STATUSES])
    if code:
        return code
    for beginning in words.BEGINS_RELEASED:
        if plain(text).startswith(beginning):
            rest = plain(text).removeprefix(beginning).strip("() -:,")
            ground = words.STATUSES.get(rest, "")
            if ground in RELEASES:
                return ground
            reason = _("Of “%(text)s” only is read that the person was released.")
            raise Unread(reason % {"text": text}, value="released")
    reason = _("We have no word for “%(text)s”: choose what it means.")
    raise Unread(reason % {"text": text})


# Statuses that say that the person was let out, with the ground.
RELEASES = {
    "released": "",
    "on_bail": v.ReleaseGround.BAIL.value,
    "on_measures": v.ReleaseGround.OTHER_MEASURES.value,
    "paroled": v.ReleaseGround.PAROLE.value,
    "pardoned": v.ReleaseGround.PARDON.value,
    "amnestied": v.ReleaseGround.AMNESTY.value,
    "exchanged": v.ReleaseGround.EXCHANGE.value,
    "term_served": v.ReleaseGround.TERM_SERVED.value,
    "acquitted": v.ReleaseGround.ACQUITTAL.value,
}


def _charges(text: str) -> list[dict[str, str]]:
    """One for each article. What has not the form of one is a charge as stated."""
    charges = []
    for part in _SEVERAL.split(text):
        said = _one_line(part)
        if said:
            charges.append(_charge(said))
    return charges


def _articles(text: str) -> list[dict[str, str]]:
    """Charges, and court cases by their number, in the order in which they stand."""
    said = []
    for part in _SEVERAL.split(text):
        if _CASE_NUMBER.fullmatch(_one_line(part)):
            said.append({"number": _one_line(part)})
        else:
            said += _charges(part)
    return said


def _case_numbers(text: str) -> list[dict[str, str]]:
    """Whatever stands there: courts number in many ways."""
    numbers = [_one_line(part) for part in re.split(r"[;؛\n]", text)]
    return [{"number": number} for number in numbers if number]


def _charge_as_stated(text: str) -> list[dict[str, str]]:
    """Articles, where nothing else stands there."""
    charges = _charges(text)
    if all("article" in charge for charge in charges):
        return charges
    return [{"label_as_stated": _one_line(text)}]


def _charge(said: str) -> dict[str, str]:
    part = _PART_FIRST.fullmatch(said)
    if part:
        said_so = _charge(part["rest"])
        if "article" in said_so:
            return {**said_so, "article": f"{said_so['article']} {part['part']}"}
    law = _LAW_FIRST.fullmatch(said)
    if law and _LAW.fullmatch(law["law"]):
        said_so = _charge(law["rest"])
        if said_so.keys() == {"article"}:
            return {"code": law["law"], **said_so}
    match = _ARTICLE.fullmatch(said)
    if match and not match["law"]:
        return {"article": match["article"]}
    if match and _LAW.fullmatch(match["law"]):
        return {"code": match["law"], "article": match["article"]}
    if _A_LAW.match(said):
        return {"code": said, "label_as_stated": said}
    return {"label_as_stated": said}


def language_of(name: str, language: str) -> str:
    """That of the list where the name is written in its script; else what the script
    alone tells.
    """
    script, alone = "", ""
    for letter in name:
        if letter.isalpha():
            script, alone = _SCRIPTS.get(
                unicodedata.name(letter, "?").split()[0], ("", "")
            )
            break
    if not language or not script:
        return alone
    written = get_global("likely_subtags").get(language, "").split("_")
    if script in written or "-" in language:
        return language
    return f"{language}-Latn" if script == "Latn" else alone
