"""Published rows in great number, as the gate would write them, and in no time: of every
kind, with an answer to everything that its list can be asked. Some answers most rows
give, some hardly any. Always the same ones.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.db import connection

from tracker.asking import questions as asks
from tracker.asking.filters import FILTERS
from tracker.audiences import PUBLIC, Audience
from tracker.contract import past
from tracker.contract.documents import DOCUMENTS
from tracker.contract.spans import BEGUN

# Of so many people there are so many of the other kinds.
SHARES = {
    "prisoner": 1.0,
    "sentence": 1.0,
    "source": 0.5,
    "deportation": 0.2,
    "court_case": 0.1,
    "release_event": 0.01,
    "reported_count": 0.01,
    "facility": 0.01,
}
BELONGS = ("sentence", "deportation")
FIRST_DAY = date(2000, 1, 1)
DAYS = 9400
FIRST_SEQ = 10_000_000  # above those of what is published already
COLUMNS = (
    "id, kind, parent, seq, changed_on, document, facts, named, search_key, text_words,"
    " sort_name, sort_date, sort_number"
)
SPAN_COLUMNS = "of_id, fact, value, first_day, last_day"
SYLLABLES = [
    "ka",
    "li",
    "no",
    "ve",
    "ra",
    "tsi",
    "mi",
    "sha",
    "du",
    "bel",
    "yan",
    "kov",
    "ski",
    "cha",
    "ro",
]

# What VACUUM does later: until then such indexes look dear.
_CLEAN_PENDING = """
    SELECT gin_clean_pending_list(indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = %s::regclass AND amname = 'gin'
"""

Span = tuple[str, str, date | None, date | None]


def publish(people: int, document: str = "{}", audience: Audience = PUBLIC) -> None:
    """As the owner, within a transaction. `document` is that of all people. Nothing of
    it is kept for checkpoints, and no revision is raised.
    """
    crowd = Crowd(people, document)
    table = audience.document_model._meta.db_table
    span_table = audience.span_model._meta.db_table
    spans: list[tuple[UUID, Span]] = []
    with connection.cursor() as cursor:
        for written in (table, span_table):
            cursor.execute(f"ALTER TABLE {written} DISABLE TRIGGER USER")
        with cursor.copy(f"COPY {table} ({COLUMNS}) FROM STDIN") as rows:
            for kind in DOCUMENTS:
                for row, of_row in crowd.rows(kind):
                    rows.write_row(row)
                    spans += [(row[0], span) for span in of_row]
        with cursor.copy(f"COPY {span_table} ({SPAN_COLUMNS}) FROM STDIN") as rows:
            for row_id, span in spans:
                rows.write_row((row_id, *span))
        cursor.execute(_CLEAN_PENDING, [table])
        # Before keys are looked up: a plan made while the tables were empty reads them
        # whole for each row, which took a minute.
        cursor.execute(f"ANALYZE {table}, {span_table}")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for written in (table, span_table):
            cursor.execute(f"ALTER TABLE {written} ENABLE TRIGGER USER")


def _sort_date(kind: str, spans: Sequence[Span]) -> date | None:
    """Of people when they were released: who is held has none, and comes last."""
    if kind == "prisoner":
        spans = [span for span in spans if span[1] == "released"]
    return min((first for _fact, _value, first, _last in spans if first), default=None)


class Crowd:
    def __init__(self, people: int, document: str) -> None:
        self.document = document
        self.chance = Random(1)
        self.seq = FIRST_SEQ
        self.ids: dict[str, list[UUID]] = {}
        for kind in DOCUMENTS:
            number = max(1, int(people * SHARES[kind]))
            self.ids[kind] = [self._id() for _row in range(number)]

    def rows(self, kind: str) -> Iterator[tuple[tuple[Any, ...], list[Span]]]:
        answers = self._answers(kind)
        for row_id in self.ids[kind]:
            self.seq += 1
            facts = {}
            for fact, (share, values) in answers.items():
                if self.chance.random() < share:
                    facts[fact] = [self._one_of(values)]
            if kind == "prisoner":
                facts["identifier"] = [f"court:{self.seq}"]
            spans = list(self._spans(kind))
            parent = None
            if kind in BELONGS:
                parent = self.chance.choice(self.ids["prisoner"])
                facts["prisoner"] = [str(parent)]
            name = " ".join(self._word() for _word in range(2))
            yield (
                (
                    row_id,
                    kind,
                    parent,
                    self.seq,
                    FIRST_DAY,
                    self.document if kind == "prisoner" else "{}",
                    json.dumps(facts),
                    [self.chance.choice(self.ids["source"])],
                    f" {name} {self._word()}",
                    sorted({self._word() for _word in range(8)}),
                    None if self.chance.random() < 0.1 else f"{name} {row_id.hex[:4]}",
                    _sort_date(kind, spans),
                    None if self.chance.random() < 0.5 else self.chance.randrange(300),
                ),
                spans,
            )

    def _answers(self, kind: str) -> dict[str, tuple[float, Sequence[Any]]]:
        """{fact: (in how many rows it stands, the values, from the commonest on)}."""
        answers: dict[str, tuple[float, Sequence[Any]]] = {}
        for name, question in FILTERS[kind].base_filters.items():
            fact = question.field_name or name
            match question:
                case asks.Status() | asks.Named():
                    continue
                case asks.Codes():
                    values: Sequence[Any] = question.vocabulary.values
                case asks.Flag():
                    values = [False, True]
                case asks.Ids():
                    values = self._named(name)
                case asks.Texts():
                    values = [f"{name} {number}" for number in range(100)]
                case _:
                    continue
            answers[fact] = (self.chance.choice([0.02, 0.3, 0.9]), values)
        return answers

    def _named(self, fact: str) -> list[str]:
        kinds = {"prisoner", "source", "court_case", "release_event"}
        kind = fact if fact in kinds else "facility"
        return [str(row_id) for row_id in self.ids[kind]]

    def _spans(self, kind: str) -> Iterator[Span]:
        if kind == "prisoner":
            yield from self._statuses()
        facts = {}
        for question in FILTERS[kind].base_filters.values():
            if isinstance(question, asks.DayFrom):
                facts[question.field_name] = True
        facts |= dict.fromkeys(past.events(kind), True)
        for fact in facts:
            if self.chance.random() < 0.6:
                first, last = self._days()
                yield fact, "", first, last
        if kind == "prisoner":
            yield BEGUN, "", self._days()[0], None

    def _statuses(self) -> Iterator[Span]:
        """Hardly anybody is still held."""
        first, _last = self._days()
        first = first or FIRST_DAY
        until = first + timedelta(self.chance.randrange(1, 3000))
        yield "status", "detained", None, first - timedelta(days=1)
        if self.chance.random() < 0.02:
            yield "status", "imprisoned", first, None
            yield "last_status", "imprisoned", None, None
            return
        yield "status", "imprisoned", first, until - timedelta(days=1)
        yield "status", "released", until, None
        yield "last_status", "released", None, None

    def _days(self) -> tuple[date | None, date | None]:
        """A day; of some a month, and of some only that it was before or after."""
        first = FIRST_DAY + timedelta(self.chance.randrange(DAYS))
        drawn = self.chance.random()
        if drawn < 0.01:
            return None, first
        if drawn < 0.02:
            return first, None
        return first, first + timedelta(30 if drawn < 0.2 else 0)

    def _one_of(self, values: Sequence[Any]) -> Any:
        """The first ones by far the most often."""
        return values[min(int(self.chance.paretovariate(1)) - 1, len(values) - 1)]

    def _word(self) -> str:
        return "".join(self.chance.choices(SYLLABLES, k=3))

    def _id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)


def values(kind: str, question: Any) -> list[str]:
    """What this question may be asked: of what most have, few, and nobody."""
    match question:
        case asks.Status():
            return ["imprisoned", "released", "died"]
        case asks.AsItWas():
            return ["1999-01-01", "2001-01-01", "2012-01-01"]
        case asks.StatusOn():
            return ["2002-01-01", "2012-01-01", "2025-01-01"]
        case asks.DayFrom():
            return ["1900-01-01", "2012-01-01", "2100-01-01"]
        case asks.AtLeast():
            return ["0", "150", "100000"]
        case asks.Flag() | asks.Named():
            return ["true", "false"]
        case asks.Codes():
            codes = [str(code) for code in question.vocabulary.values]
            return [codes[0], codes[-1], ",".join(codes[:10])]
        case asks.Identifiers():
            return [f"court:{FIRST_SEQ + 1}", "court:none"]
        case asks.Search() | asks.SearchTexts():
            return ["ka", "kalino", "nobody"]
        case asks.Ids():
            return [str(UUID(int=1))]
    return [f"{question.field_name} 0", f"{question.field_name} 50"]
