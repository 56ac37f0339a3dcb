"""What makes this tracker one organisation's, read from its own file: its name,
languages, time zone and calendars, whether it publishes who judged, whether search
engines may list it, texts and codes of its own, and which fields its desk uses. docs/organisation.md explains each key.

Each problem is a sentence that names the key and the rule. What only the models know,
such as the names of fields, is checked by cases/checks.py.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import django
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import to_locale

CALENDARS = ("buddhist", "ethiopian", "iranian", "islamic", "minguo")
ENGLISH = "en"
LONGEST_CODE = 40
# The pages on which an organisation may say something in its own words.
TEXTS = ("method", "political_prisoners", "writing")

Labels = Mapping[str, str]  # by language


@dataclass(frozen=True)
class Organisation:
    """Without a file all of it is empty, which means: as the software comes.

    `publish_officials`: may readers be told who judged and who prosecuted?
    `search_engines`: may they list the pages? `texts`: of a page, by language.
    `codes`: of each vocabulary its further codes, each with its labels.
    `sections`, `fields`: what the desk uses; None, and a kind that is not named: all.
    """

    # No code of the software has a colon, so none of theirs can become one of ours.
    CODE: ClassVar[str] = r"[a-z][a-z0-9]{1,9}:[a-z][a-z0-9_]*"
    # What ISO 3166-1 alpha-2 leaves to its users, so that no country becomes one of them.
    COUNTRY: ClassVar[str] = r"AA|Q[M-Z]|X[A-Z]|ZZ"

    name: str = ""
    languages: tuple[str, ...] = ()
    time_zone: str = ""
    calendars: tuple[str, ...] = CALENDARS
    publish_officials: bool = False
    search_engines: bool = True
    texts: Mapping[str, Labels] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, Labels]] = field(default_factory=dict)
    sections: tuple[str, ...] | None = None
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read(path: str) -> Organisation:
    """Of no path: an organisation that says nothing of itself."""
    if not path:
        return Organisation()
    try:
        said = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(
            f"ORGANISATION_FILE: {path} cannot be read: {error}."
        ) from None
    problems = list(_problems(said))
    if problems:
        sentences = "\n".join(problems)
        raise ImproperlyConfigured(f"ORGANISATION_FILE: {path}:\n{sentences}")
    used = said.get("used", {})
    sections = used.pop("sections", None)
    return Organisation(
        name=said.get("name", "").strip(),
        languages=tuple(said.get("languages", ())),
        time_zone=said.get("time_zone", ""),
        calendars=tuple(said.get("calendars", CALENDARS)),
        publish_officials=said.get("publish_officials", False),
        search_engines=said.get("search_engines", True),
        texts=said.get("texts", {}),
        codes=said.get("codes", {}),
        sections=None if sections is None else tuple(sections),
        fields={kind: tuple(names) for kind, names in used.items()},
    )


_FORMS: dict[str, type] = {
    "name": str,
    "languages": list,
    "time_zone": str,
    "calendars": list,
    "publish_officials": bool,
    "search_engines": bool,
    "texts": dict,
    "codes": dict,
    "used": dict,
}
_CALLED: dict[Any, str] = {
    str: "a text",
    list: "a list of texts",
    bool: "true or false",
    dict: "a table",
}


def _problems(said: dict[str, Any]) -> Iterator[str]:
    for key, value in said.items():
        if key not in _FORMS:
            yield f"{key}: there is no such key. There are {', '.join(_FORMS)}."
        elif problem := _form(key, value, _FORMS[key]):
            yield problem
            return
    yield from _of_languages(said.get("languages", [ENGLISH]))
    yield from _of_time_zone(said.get("time_zone", "UTC"))
    for calendar in said.get("calendars", ()):
        if calendar not in CALENDARS:
            yield f"calendars: must be of {', '.join(CALENDARS)}, not “{calendar}”."
    for page, texts in said.get("texts", {}).items():
        yield from _of_text(f"texts.{page}", page, texts, said)
    for vocabulary, codes in said.get("codes", {}).items():
        key = f"codes.{vocabulary}"
        if problem := _form(key, codes, dict):
            yield problem
            continue
        for code, labels in codes.items():
            yield from _of_code(f"{key}.{code}", vocabulary, code)
            yield from _of_labels(f"{key}.{code}", labels, said)
    for kind, names in said.get("used", {}).items():
        if problem := _form(f"used.{kind}", names, list):
            yield problem


def _form(key: str, value: object, form: type) -> str:
    is_right = isinstance(value, form)
    if is_right and isinstance(value, list):
        is_right = all(isinstance(entry, str) for entry in value)
    if is_right:
        return ""
    return f"{key}: must be {_CALLED[form]}."


def _of_languages(languages: list[str]) -> Iterator[str]:
    known = Path(django.__file__).parent / "conf" / "locale"
    for language in languages:
        if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]+)*", language) or not (
            (known / to_locale(language)).is_dir()
        ):
            yield (
                f"languages: must be codes of languages that Django knows, such as my"
                f" or es, not “{language}”."
            )
    if ENGLISH not in languages:
        yield f"languages: must have {ENGLISH}: what programs read is in English."


def _of_time_zone(name: str) -> Iterator[str]:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f"time_zone: must be a time zone, such as Asia/Yangon, not “{name}”."


def _of_text(key: str, page: str, texts: object, said: dict[str, Any]) -> Iterator[str]:
    if page not in TEXTS:
        yield f"{key}: there is no such page. There are {', '.join(TEXTS)}."
    if not isinstance(texts, dict) or ENGLISH not in texts:
        yield f"{key}: must be a table of texts by language, with {ENGLISH}."
        return
    for language, text in texts.items():
        if language not in said.get("languages", texts):
            yield f"{key}.{language}: “{language}” is not among the languages."
        if not isinstance(text, str) or not text.strip():
            yield f"{key}.{language}: must be a text."


def _of_code(key: str, vocabulary: str, code: str) -> Iterator[str]:
    if vocabulary == "country":
        if not re.fullmatch(Organisation.COUNTRY, code) or code == "XK":
            yield (
                f"{key}: a country of your own has one of the codes that ISO 3166-1"
                " leaves to its users: AA, QM to QZ, XA to XZ, ZZ; XK is Kosovo."
            )
    elif not re.fullmatch(Organisation.CODE, code) or len(code) > LONGEST_CODE:
        yield (
            f"{key}: a code of your own is two to ten small letters or digits that"
            " stand for you, a colon, and small letters, digits and _, such as"
            f" “mm:hard_labour”; at most {LONGEST_CODE} characters."
        )


def _of_labels(key: str, labels: object, said: dict[str, Any]) -> Iterator[str]:
    if not isinstance(labels, dict):
        yield f"{key}: must be a table of labels by language."
        return
    languages = said.get("languages", [ENGLISH])
    for language in languages:
        label = labels.get(language)
        if not isinstance(label, str) or not label.strip():
            yield f"{key}.{language}: must be a label, for “{language}” is a language."
    for language in labels:
        if language not in languages:
            yield f"{key}.{language}: “{language}” is not among the languages."
