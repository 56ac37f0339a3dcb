"""What the rules ask of the world outside a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tracker.clock import today

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Surroundings:
    """The present outside the case. Ids are text. `published`: the documents that this
    audience has; `known`: those and the ones that it once had; `void`: of the sources
    those whose word counts for nothing (cases/sourcing/independence.py). What this
    audience may not see is no more than what was retracted, or one could tell which of
    them was. `repeating` have from others, which this audience sees, all that they say;
    `published_on` is by source the day of its publication as EDTF, as this audience's
    document has it.
    """

    published: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    sources: Mapping[str, Row] = field(default_factory=dict)
    claimants: Mapping[str, Row] = field(default_factory=dict)
    published_on: Mapping[str, str] = field(default_factory=dict)
    today: date = field(default_factory=today)
    void: frozenset[str] = frozenset()
    repeating: frozenset[str] = frozenset()
