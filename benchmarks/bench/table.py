"""The table, and the chart under it: what was measured, its ratios, and what was to be
reached. Plain text, so that it can be read in a terminal.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Figures = Mapping[str, Sequence[float]]  # {what was measured: a rate for each round}
BAR = 40  # signs, for the ratio that is to be reached
MISSING = "not here"


@dataclass(frozen=True)
class Row:
    """`ours` against `other`, both names of figures. `least` is the ratio to reach; none
    where nothing was agreed.
    """

    work: str
    against: str
    ours: str
    other: str
    least: float | None = None
    unit: str = "/s"


@dataclass(frozen=True)
class Line:
    row: Row
    ours: float | None
    other: float | None

    @property
    def ratio(self) -> float | None:
        if self.ours is None or not self.other:
            return None
        return self.ours / self.other

    @property
    def is_met(self) -> bool | None:
        if self.ratio is None or self.row.least is None:
            return None
        return self.ratio >= self.row.least


def lines(rows: Iterable[Row], figures: Figures) -> list[Line]:
    measured = []
    for row in rows:
        ours = _middle(figures.get(row.ours))
        measured.append(Line(row, ours, _middle(figures.get(row.other))))
    return measured


def _middle(rounds: Sequence[float] | None) -> float | None:
    return median(rounds) if rounds else None


def table(measured: Iterable[Line]) -> str:
    written = [
        "| work | ours | against | theirs | ratio | at least | |",
        "| --- | ---: | --- | ---: | ---: | ---: | --- |",
    ]
    for line in measured:
        cells = [
            line.row.work,
            _rate(line.ours, line.row.unit),
            line.row.against,
            _rate(line.other, line.row.unit),
            "" if line.ratio is None else f"{_short(line.ratio)} ×",
            "" if line.row.least is None else f"{line.row.least:g} ×",
            _verdict(line),
        ]
        written.append("| " + " | ".join(cells) + " |")
    return "\n".join(written)


def _verdict(line: Line) -> str:
    if line.is_met is None:
        return ""
    return "met" if line.is_met else "**not met**"


def _rate(rate: float | None, unit: str) -> str:
    if rate is None:
        return MISSING
    return f"{_short(rate)} {unit}".strip()


def _short(number: float) -> str:
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:.3g}"


def chart(measured: Iterable[Line]) -> str:
    """How far each ratio reaches, of what was to be reached: the mark stands there."""
    drawn = []
    for line in measured:
        if line.ratio is None or not line.row.least:
            continue
        reached = line.ratio / line.row.least
        length = min(round(reached * BAR / 2), BAR)
        bar = list("█" * length + " " * (BAR - length))
        bar[BAR // 2 - 1] = "┃" if length < BAR // 2 else "▌"
        more = "→" if reached > 2 else ""
        name = f"{line.row.work} / {line.row.against}"
        drawn.append(f"{name[:52]:52} {''.join(bar)}{more} {_short(reached)}")
    return "\n".join(drawn)
