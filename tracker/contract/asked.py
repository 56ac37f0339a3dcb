"""What lists of documents can be asked, read off the contract: each question with the
fields that answer it.
"""

from dataclasses import dataclass
from functools import cache

from tracker.contract.fields import Counted, Date, Form, Label, Number, Question
from tracker.contract.walking import Path, reached


@dataclass(frozen=True)
class Asked:
    """`fact` is the name by which it is asked, and `labels` what it is called: of a day
    or a number there are two.
    """

    fact: str
    path: Path
    form: Form
    labels: tuple[Label, ...]
    counted: Counted

    @property
    def parameters(self) -> tuple[str, ...]:
        if isinstance(self.form, Date):
            day = self.fact.removesuffix("_on")
            return (f"{day}_on_or_after", f"{day}_on_or_before")
        if isinstance(self.form, Number):
            return (f"{self.fact}_min", f"{self.fact}_max")
        return (self.fact,)


@cache
def asked_of(kind: str) -> list[Asked]:
    """In the order of the contract; lists have their own (`DocumentFields.asked`)."""
    questions = []
    for path, form in reached(kind):
        line, name = form.line, path[-1]
        own = len(path) == 1
        said = line if own else line.of_case
        if said.asks:
            fact = name if own else line.of_case.fact or name
            questions.append(Asked(fact, path, form, _labels(said.asks), said.counted))
    return questions


def _labels(asks: Question) -> tuple[Label, ...]:
    if isinstance(asks, tuple):
        return asks
    return (asks,) if asks else ()
