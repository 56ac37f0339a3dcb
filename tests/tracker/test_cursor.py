"""Cursors are opaque, and those that were given out before hold still."""

import base64
from typing import Any
from uuid import UUID

import pytest

from tracker.api.paging import decode, encode
from tracker.asking.cursor import NotACursor, pack, unpack
from tracker.asking.keyset import Position
from tracker.feed import Cursor
from tracker.models import PublicDocument

ROW = UUID("6a1f3a52-6b3f-4b0a-9d5d-2f2f4f0f1c11")
EPOCH = UUID("11111111-2222-4333-8444-555555555555")


def given_out(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("parts", [[], ["name", True, None, str(ROW)], ["<", 7]])
def test_what_is_packed_is_unpacked(parts: list[Any]) -> None:
    cursor = pack(*parts)
    assert unpack(cursor) == parts
    assert cursor.replace("-", "").replace("_", "").isalnum()  # as it is in an address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "ünlesbar",
        given_out("[]"),
        given_out("7"),
        given_out('{"1": 2}'),
        given_out("[2,1]"),
        given_out("1=7"),
        given_out("2<7"),
        given_out("1<7x"),
        given_out("1<" + "7" * 19),
        given_out("[" * 100_000),
        pack("name")[:-1] + "!",
        "////",
    ],
)
def test_what_was_never_given_out_is_refused(text: str) -> None:
    with pytest.raises(NotACursor):
        unpack(text)


def test_a_page_goes_on_from_a_cursor_of_before() -> None:
    older = given_out(f'[1, "-name", false, "losik", "{ROW}"]')
    position = Position("losik", ROW)
    assert decode(older, "-name", PublicDocument, "sort_name") == position
    newer = encode("-name", position)
    assert decode(newer, "-name", PublicDocument, "sort_name") == position


def test_a_copy_goes_on_from_a_cursor_of_before_and_its_own_is_the_same() -> None:
    """A mirror compares the cursor that it kept with that of the digest."""
    older = given_out(f'[1,"public","{EPOCH.hex}",812,["prisoner","source"],9]')
    cursor = Cursor("public", EPOCH, 812, ("prisoner", "source"), 9)
    assert Cursor.read(older) == cursor
    assert str(cursor) == older


@pytest.mark.parametrize("way", ["<", ">"])
def test_a_list_of_proposals_goes_on_from_a_cursor_of_before(way: str) -> None:
    assert unpack(given_out(f"1{way}41")) == [way, 41] == unpack(pack(way, 41))
