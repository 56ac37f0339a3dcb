"""Names as they were pasted, one a line, and the cases that each may be of: suggested,
chosen by a person.
"""

import re
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases.merging import nearest
from cases.models import PersonName
from cases.telling_apart import Person, told_apart
from tracker.names import query_key

MOST = 100  # people
LONGEST = 3_500  # characters of the whole list, which the access log keeps
LONGEST_NAME = PersonName._meta.get_field("value").max_length

_BULLET = re.compile(r"^(?:[-–—•*·]+|\(?\d{1,3}[.)])\s+")
_INITIAL = re.compile(r"\b\w\.")
# In whatever language the desk is read.
_WORDS = (
    r"(?:(?:not|un)[ -]?identified"
    r"|(?:ас[оа]б\w*|личность|личности)?\s*не ?(?:ўстаноўлен|устаноўлен|установлен)\w*"
    r"|не ?(?:апазнан|опознан)\w*)"
)
_NOT_IDENTIFIED = (
    re.compile(rf"^{_WORDS}\s*[:–—-]?\s*(\d{{1,5}})\.?$", re.IGNORECASE),
    re.compile(rf"^(\d{{1,5}})\s+{_WORDS}\.?$", re.IGNORECASE),
)


@dataclass(frozen=True)
class Line:
    """`repeats` is the number of an earlier line with the same name, or None."""

    number: int
    name: str
    people: tuple[Person, ...] = ()
    repeats: int | None = None

    @property
    def is_nobody_known(self) -> bool:
        return not self.people and self.repeats is None


@dataclass
class Pasted:
    names: list[str] = field(default_factory=list)
    not_identified: int | None = None


def read(text: str) -> Pasted:
    """Raises ValidationError with what is wrong in which line."""
    pasted = Pasted()
    for part in _parts(text):
        if (number := _number_not_identified(part)) is not None:
            pasted.not_identified = (pasted.not_identified or 0) + number
        else:
            pasted.names.append(part)
    problems = []
    if len(text) > LONGEST or len(pasted.names) > MOST:
        sentence = _("Enter at most %(most)s people, %(longest)s characters, at once.")
        problems.append(sentence % {"most": MOST, "longest": f"{LONGEST:,}"})
    for number, name in enumerate(pasted.names, start=1):
        problem = ""
        if len(name) > (LONGEST_NAME or 0):
            problem = _("a name has at most %(most)s characters.")
            problem %= {"most": LONGEST_NAME}
        elif not query_key(name):
            problem = _("this is no name.")
        if problem:
            words = {"number": number, "name": name[:60], "problem": problem}
            problems.append(_("Line %(number)s, “%(name)s”: %(problem)s") % words)
    if problems:
        raise ValidationError(problems)
    return pasted


def known(names: list[str]) -> list[Line]:
    """Each name, with the nearest cases."""
    ids_by_line = []
    for name in names:
        ids_by_line.append(nearest(_INITIAL.sub(" ", name) or name))
    people = {}
    for person in told_apart(case_id for ids in ids_by_line for case_id in ids):
        people[person.pk] = person
    first_lines: dict[frozenset[str], int] = {}
    lines = []
    for number, name in enumerate(names, start=1):
        words = frozenset(query_key(name))
        near = []
        for case_id in ids_by_line[number - 1]:
            if case_id in people:
                near.append(people[case_id])
        lines.append(Line(number, name, tuple(near), first_lines.get(words)))
        first_lines.setdefault(words, number)
    return lines


def _parts(text: str) -> list[str]:
    """Lines; what was pasted as one line is taken apart."""
    parts = []
    for line in text.replace("\0", "").splitlines():
        separator = ";"
        if ";" not in line and line.count(",") > 1:
            separator = ","
        for part in line.split(separator):
            name = _BULLET.sub("", part.strip()).strip(" \t,;")
            if name:
                parts.append(" ".join(name.split()))
    return parts


def _number_not_identified(text: str) -> int | None:
    for pattern in _NOT_IDENTIFIED:
        if match := pattern.match(text):
            return int(match[1])
    return None
