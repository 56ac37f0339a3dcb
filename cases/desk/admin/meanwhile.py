"""Two people edit one page: what the one typed and what the other saved meanwhile, put
together.

Compared is what a browser would send: the page as it was opened, as it was typed, and
as it would be opened now (“stored”). What only one of them touched stands as that one
left it. What both touched needs a decision. Nothing here knows the record: names of
boxes and texts are enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Boxes = dict[str, list[str]]
"""By the names of the boxes. A box that is empty may have no entry."""
Kind = Literal["box", "i_removed", "they_removed"]
MINE, THEIRS = "mine", "theirs"
_EMPTIED = [""]  # so a browser sends it, but for boxes to tick
_UNDECIDED = ["\0"]  # what no box holds: it is neither mine nor theirs


@dataclass(frozen=True)
class Both:
    """A box that both touched, or a row that one took out and the other changed."""

    kind: Kind
    name: str
    """Of the box as the page now has it; of a row, its prefix."""
    row_id: str = ""
    mine: list[str] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Together:
    boxes: Boxes = field(default_factory=dict)
    asked: list[Both] = field(default_factory=list)
    taken_over: list[str] = field(default_factory=list)
    """Names of the boxes that only the other touched, as the page now has them."""

    def put(self, prefix: str, boxes: Mapping[str, list[str]]) -> None:
        for name, texts in boxes.items():
            if texts:
                self.boxes[f"{prefix}-{name}"] = texts


def settle(
    opened: Boxes, typed: Boxes, asked: Iterable[Both], decided: Mapping[str, str]
) -> tuple[Boxes, Boxes]:
    """The page as it was opened and as it was typed, after what was decided by name.
    What was not decided is made to be asked again.
    """
    opened, typed = dict(opened), dict(typed)
    for both in asked:
        choice = decided.get(both.name)
        if both.kind == "box":
            if choice == THEIRS:
                typed[both.name] = opened.get(both.name, [])
            elif choice != MINE:
                opened[both.name] = _UNDECIDED
        elif both.kind == "i_removed":
            if choice == THEIRS:
                typed.pop(f"{both.name}-DELETE", None)
            elif choice != MINE:
                opened[f"{both.name}-DELETE"] = _UNDECIDED
        elif choice == THEIRS:
            typed = _without_row(typed, both.name)
        elif choice != MINE:
            typed[f"{both.name}-id"] = [both.row_id]
    return opened, typed


def put_together(
    opened: Boxes, typed: Boxes, stored: Boxes, lists: Iterable[str]
) -> Together:
    """`lists` are the prefixes of the lists of rows that were typed into."""
    together = Together()
    prefixes = list(lists)
    outside = [_outside(boxes, prefixes) for boxes in (opened, typed, stored)]
    _put_boxes(together, "", *outside)
    for prefix in prefixes:
        _put_rows(together, prefix, opened, typed, stored)
    return together


def _outside(boxes: Boxes, prefixes: list[str]) -> Boxes:
    starts = tuple(f"{prefix}-" for prefix in prefixes)
    outside = {}
    for name, texts in boxes.items():
        if not name.startswith(starts):
            outside[name] = texts
    return outside


def _put_boxes(
    together: Together, start: str, opened: Boxes, typed: Boxes, stored: Boxes
) -> None:
    for name in dict.fromkeys([*stored, *typed, *opened]):
        was = _texts(opened.get(name, []))
        mine = _texts(typed.get(name, []))
        theirs = _texts(stored.get(name, []))
        chosen = typed.get(name, [])
        if mine == was != theirs:
            chosen = stored.get(name, [])
            together.taken_over.append(f"{start}{name}")
        elif was not in (mine, theirs) and mine != theirs:
            both = Both("box", f"{start}{name}", mine=mine, theirs=theirs)
            together.asked.append(both)
        if any(chosen):
            together.boxes[f"{start}{name}"] = chosen
        elif _EMPTIED in (typed.get(name), stored.get(name)):
            together.boxes[f"{start}{name}"] = _EMPTIED


def _texts(texts: list[str]) -> list[str]:
    """A browser sends the ends of lines in its own way."""
    same = []
    for text in texts:
        if text:
            same.append(text.replace("\r\n", "\n"))
    return sorted(same)


# --- Rows -----------------------------------------------------------------------------


def _put_rows(
    together: Together, prefix: str, opened: Boxes, typed: Boxes, stored: Boxes
) -> None:
    """The rows on record in the order of the page as it would be opened now, then those
    that are new.
    """
    opened_rows = _by_id(_rows(opened, prefix))
    typed_rows = _rows(typed, prefix)
    typed_by_id = _by_id(typed_rows)
    stored_rows = _by_id(_rows(stored, prefix))
    for number, (row_id, theirs) in enumerate(stored_rows.items()):
        name = f"{prefix}-{number}"
        if row_id in typed_by_id:
            was = opened_rows.get(row_id, {})
            _put_row(together, name, row_id, was, typed_by_id[row_id], theirs)
        else:
            together.put(name, theirs)  # the other added it
    number = len(stored_rows)
    for row in typed_rows.values():
        row_id = _id(row)
        if row_id in stored_rows:
            continue
        name = f"{prefix}-{number}"
        if row_id:  # the other took it out
            was = opened_rows.get(row_id, {})
            if "DELETE" in row or not _is_touched(was, row):
                continue
            together.asked.append(Both("they_removed", name, row_id))
        together.put(name, {**row, "id": []})
        number += 1
    for box in ("MIN_NUM_FORMS", "MAX_NUM_FORMS"):
        together.put(prefix, {box: typed.get(f"{prefix}-{box}", [])})
    together.boxes[f"{prefix}-INITIAL_FORMS"] = [str(len(stored_rows))]
    together.boxes[f"{prefix}-TOTAL_FORMS"] = [str(number)]


def _put_row(
    together: Together, name: str, row_id: str, was: Boxes, mine: Boxes, theirs: Boxes
) -> None:
    if "DELETE" not in mine:
        _put_boxes(together, f"{name}-", was, mine, theirs)
        return
    if _is_touched(was, theirs):
        together.asked.append(Both("i_removed", name, row_id))
    together.put(name, {**theirs, "DELETE": mine["DELETE"]})


def _is_touched(was: Boxes, now: Boxes) -> bool:
    names = {*was, *now}
    return any(_texts(was.get(name, [])) != _texts(now.get(name, [])) for name in names)


def _rows(boxes: Boxes, prefix: str) -> dict[int, Boxes]:
    """The boxes of each row, in the order of their numbers on the page."""
    rows: dict[int, Boxes] = {}
    for name, texts in boxes.items():
        number, dash, box = name.removeprefix(f"{prefix}-").partition("-")
        if name.startswith(f"{prefix}-") and dash and number.isdecimal():
            rows.setdefault(int(number), {})[box] = texts
    return dict(sorted(rows.items()))


def _by_id(rows: Mapping[int, Boxes]) -> dict[str, Boxes]:
    by_id = {}
    for row in rows.values():
        if row_id := _id(row):
            by_id[row_id] = row
    return by_id


def _id(row: Boxes) -> str:
    for text in row.get("id", []):
        return text
    return ""


def _without_row(boxes: Boxes, prefix: str) -> Boxes:
    kept = {}
    for name, texts in boxes.items():
        if not name.startswith(f"{prefix}-"):
            kept[name] = texts
    return kept
