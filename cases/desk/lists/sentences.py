"""What a court ordered, as people type it into a list: `5 years`, `مؤبد`, `10 yrs + 3 yrs`.

A term is read only where every word of it is known. Else the text stays as it was typed:
"faces up to 10 years" is no term.
"""

import re
from typing import Any

from cases.desk.lists.words import plain

# What a term of years alone means in one column, as a person decided.
TERM_ALONE = "*"

_FORMS = (
    ("in_absentia", "in absentia|заочно|завочна|en ausencia|en rebeldia|غيابيا|غيابي|giyabi|qiyabi|par contumace"),
    ("suspended", "suspended|условно|условный|условное|умоуна|умоуны|suspendida|suspendido|en suspenso"
        "|مع وقف التنفيذ|ertelendi|sarti"),
    ("probation", "probation|испытательный срок"),
    ("hard_labour", "hard labou?r|trabajos forzados|الاشغال الشاقه|اشغال شاقه|каторжные работы|каторга"),
    ("aggravated_life", "aggravated life(?: imprisonment| sentence)?|agirlastirilmis muebbet(?: hapis)?"),
    ("life", "life(?: imprisonment| sentence| in prison)?|imprisonment for life|пожизненно(?:е)?"
        "|пожизненное заключение"
        "|пожыццева(?:е)?|пожыццевае зняволенне|cadena perpetua|prision perpetua|perpetua|(?:ال)?سجن (?:ال)?موبد"
        "|(?:ال)?موبد|muebbet(?: hapis)?|omurluk(?: hebs)?|حبس ابد|无期徒刑|무기징역|tu chung than"),
    ("death", "death(?: penalty| sentence)?|смертная казнь|расстрел|смяротнае пакаранне|смяротная кара"
        "|pena de muerte|(?:ال)?اعدام|idam|olum cezasi|死刑|사형|tu hinh"),
    ("ban_on_activity", "inhabilitacion(?: absoluta| especial)?|ban on (?:office|activity)"
        "|лишение права занимать должности"),
    ("fine", "fine|штраф|multa|(?:ال)?غرامه"),
    ("confiscation", "confiscation(?: of property)?|конфискация(?: имущества)?|confiscacion|مصادره"),
)  # fmt: skip
_UNITS = (
    ("years", "years?|yrs?|y|лет|года|год|л|г|гадоу|гады|рокiв|роки|рiк|anos?|سنوات|سنين|سنه|اعوام|عاما"
        "|عام|سال|ans?|jahre?"
        "|yil|il|lat|lata|rok|年|년|နစ|nam"),
    ("months", "months?|mos?|mths?|m|месяцев|месяца|месяц|мес|месяцау|месяцы|мiсяцiв|meses|mes|شهور|اشهر"
        "|شهرا|شهر|ماه|mois"
        "|ay|个月|개월|လ|thang"),
    ("days", "days?|d|дней|дня|день|дн|суток|сутки|дзен|дня|сутак|dias?|ايام|يوما|يوم|روز|jours?|gun|天|일|ngay"),
)  # fmt: skip
_WHOLE = {  # words that are a number and a unit at once
    "سنتان": (2, "years"), "سنتين": (2, "years"), "عامان": (2, "years"), "عامين": (2, "years"), "سنه": (1, "years"),
    "عام": (1, "years"), "شهران": (2, "months"), "شهرين": (2, "months"), "شهر": (1, "months"),
}  # fmt: skip
_NUMBERS = (
    "one uno una un один адзін واحده واحد bir", "two dos два две дзве اثنان iki", "three tres три тры ثلاث ثلاثه uc",
    "four cuatro четыре чатыры اربع اربعه dort",
    "five cinco пять пяць خمس خمسه bes",
    "six seis шесть шэсць ست سته alti",
    "seven siete семь сем سبع سبعه yedi", "eight ocho восемь восем ثمان ثماني ثمانيه sekiz",
    "nine nueve девять дзевяць تسع تسعه dokuz", "ten diez десять дзесяць عشر عشره on",
)  # fmt: skip
_REGIMES = {
    "general": "общего режима|агульнага рэжыму",
    "enhanced": "усиленного режима|узмоцненага рэжыму",
    "strict": "строгого режима|строгага рэжыму",
    "special": "особого режима|асаблiвага рэжыму|асобага рэжыму",
    "settlement": "колонии поселении|колонии-поселения|калонii-пасялення",
}
_PRISON = re.compile(
    r"\b(?:imprisonment|prison|jail|ик|лишение свободы|пазбауленне волi|лишения свободы"
    r"|колонии|тюрьмы|пазбаулення волi|калонii|prision|carcel"
    r"|سجنا|سجن|السجن|حبسا|حبس|الحبس|زندان|hapis|hebs|有期徒刑|징역)\b"
)
_SMALL = re.compile(
    r"\b(?:of|in|a|an|the|with|and|to|for|from|de|con|una|e|y|en|и|i|у|в|на|к|с|от|ад|و|من|sentence|sentenced|condena|срок"
    r"|тэрмiн)\b|[()،,.;:]"
)
_FURTHER = ("ban_on_activity", "fine", "confiscation")
_NUMBER = r"(\d+(?:[.,]\d+)?)"
_RANGE = re.compile(
    rf"\b{_NUMBER}\s?(?:-|–|to|до|a|إلى)\s?{_NUMBER}\s?(?:years?|yrs?|лет|anos|سنوات)(?!\w)"
)
_PLUS = re.compile(r"\s*(?:\+|\bplus\b|\bплюс\b|\bmas\b(?=\s\d))\s*")


def sentences(text: str, alone: str, unit: str) -> list[dict[str, Any]]:
    """One for each term that is added; what no rule reads stays as stated. `alone` is
    what a term is where nothing else is said, `unit` that of a number alone.
    """
    words = _unified(text)
    absent, words = _taken(words, "in_absentia")
    parts = [part for part in _PLUS.split(words) if part.strip()]
    found: list[dict[str, Any]] = []
    for part in parts:
        read = _sentence(part, alone, unit)
        if not read:
            return [{"term_as_stated": text}]
        if found and read.get("punishment") in _FURTHER:
            beside = found[-1].setdefault("further_punishments", [])
            beside.append({"punishment": read["punishment"]})
        else:
            found.append(read)
    if not found and not absent:
        return [{"term_as_stated": text}]
    for place, read in enumerate(found or [{}]):
        if absent:
            read["in_absentia"] = True
        if place:
            read["adds_to"] = 0
        read["term_as_stated"] = text
    return found or [{"in_absentia": True, "term_as_stated": text}]


def _unified(text: str) -> str:
    words = plain(text.replace("½", ".5")).replace("і", "i").replace("ў", "у")
    words = re.sub(r"\bو(?=\d|غرامه)", "و ", words)
    words = re.sub(r"(?<=[^\W\d])(?=\d)", " ", words)
    for number, names in enumerate(_NUMBERS, start=1):
        for name in names.split():
            words = re.sub(rf"\b{name}\b(?=\s)", str(number), words)
    return words


def _taken(words: str, form: str) -> tuple[bool, str]:
    """Whether it is said, and the other words."""
    for name, known in _FORMS:
        if name == form:
            rest, times = re.subn(rf"(?<!\w)(?:{known})(?!\w)", " ", words)
            return bool(times), rest
    raise KeyError(form)


def _sentence(words: str, alone: str, unit: str) -> dict[str, Any]:
    """Empty where a word is not known."""
    read: dict[str, Any] = {}
    for punishment in ("aggravated_life", "life", "death"):
        said, words = _taken(words, punishment)
        if said and "punishment" in read:
            return {}
        if said:
            read["punishment"] = punishment
    for execution in ("suspended", "probation"):
        said, words = _taken(words, execution)
        if said:
            read["execution"] = execution
    said, words = _taken(words, "hard_labour")
    if said:
        read["hard_labour"] = "yes"
    for regime, known in _REGIMES.items():
        words, times = re.subn(known, " ", words)
        if times:
            read["regime"] = regime
    further = []
    for punishment in _FURTHER:
        said, words = _taken(words, punishment)
        if said:
            further.append({"punishment": punishment})
    term, words = _term(words, unit)
    words, in_prison = _PRISON.subn(" ", words)
    if _SMALL.sub("", words).strip():
        return {}
    if term and "punishment" in read:
        return {}  # a life of ten years
    if in_prison or (term and "hard_labour" in read):
        read.setdefault("punishment", "imprisonment")
    elif "term_months" in term and alone:
        read["punishment"] = alone
    read |= term
    if further and not read:
        read = further.pop(0)
    if further:
        read["further_punishments"] = further
    return read


def _term(words: str, unit: str) -> tuple[dict[str, int], str]:
    """The term, and the other words. Of a unit that stands there twice there is none."""
    match = _RANGE.search(words)
    if match:
        term = {"term_months": _months(match[1]), "term_months_to": _months(match[2])}
        return term, words[: match.start()] + " " + words[match.end() :]
    amounts: dict[str, float] = {}
    for whole, (number, name) in _WHOLE.items():
        if re.search(rf"(?<!\d )(?<!\w){whole}(?!\w)", words):
            words = re.sub(rf"(?<!\d )(?<!\w){whole}(?!\w)", " ", words)
            amounts[name] = number
    for name, known in _UNITS:
        form = re.compile(rf"(?<![\w.,]){_NUMBER}[\s-]?(?:{known})(?!\w|')")
        matches = list(form.finditer(words))
        if len(matches) > 1 or (matches and name in amounts):
            return {}, "?"
        if matches:
            amounts[name] = _amount(matches[0][1])
            words = form.sub(" ", words)
    if not amounts and unit and re.fullmatch(rf"\s*{_NUMBER}\s*", words):
        amounts[unit] = _amount(words.strip())
        words = ""
    months = amounts.get("years", 0) * 12 + amounts.get("months", 0)
    if not float(months).is_integer():
        return {}, "?"
    term = {}
    if months:
        term["term_months"] = int(months)
    if amounts.get("days"):
        term["term_days"] = int(amounts["days"])
    return term, words


def _amount(number: str) -> float:
    return float(number.replace(",", "."))


def _months(years: str) -> int:
    return int(_amount(years) * 12)


def unit_of(title: str) -> str:
    """Of the numbers in a column that is called "Sentence (years)"."""
    words = re.split(r"[\s(),/.]+", plain(title))
    for name, known in _UNITS:
        for word in words:
            if len(word) > 1 and re.fullmatch(known, word):
                return name
    return ""
