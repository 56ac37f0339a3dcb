"""What was handed in about one person: a proposal of a partner, or a row of a list. Both
are compared with the record and decided in the same way.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from cases.models import Claimant, Source


class HandedIn(ABC):
    """`content` has the shape of tracker/contract/proposal_row.py. `identifier` is the
    owner's for this person, of the kind `scheme`; it is empty if they have none.
    """

    scheme: str
    is_answered = True
    """Does the owner read a word of ours on it?"""

    def __init__(self, identifier: str, owner: str, content: dict[str, Any]) -> None:
        self.identifier, self.owner, self.content = identifier, owner, content

    @property
    def names(self) -> list[str]:
        return names_in(self.content)

    def voice(self, key: str) -> str:
        """On whose word a fact stands, where they name somebody else: the address of a
        source. Empty: on their own.
        """
        return ""

    @abstractmethod
    def word(self, voice: str) -> tuple[Source, Claimant | None]:
        """The source of this voice. Either may be new, and is then saved by whoever
        asks.
        """

    @abstractmethod
    def accepted_before(self) -> Iterable[UUID]:
        """As which cases the same owner's word on this person was accepted, though they
        may be merged since.
        """

    def locator(self, key: str) -> str:
        """Where in the source a fact stands: "born_on", or "sentences-0.court"."""
        return ""

    def stays_inside(self, key: str) -> bool:
        """Is what is cited to it told to nobody outside, whatever becomes of the
        source?
        """
        return False

    def tells_whole(self, key: str) -> bool:
        """Does it speak of a part as a whole, and not of a fact of it alone?"""
        return False

    def quote(self, key: str) -> str:
        """What was written there, where the fact says less than that."""
        return ""


def names_in(content: Any) -> list[str]:
    """For lists: also where it has not the form that it should have."""
    said = content.get("names") if isinstance(content, dict) else None
    values = []
    for name in said if isinstance(said, list) else []:
        if isinstance(name, dict) and isinstance(name.get("value"), str):
            values.append(name["value"])
    return values
