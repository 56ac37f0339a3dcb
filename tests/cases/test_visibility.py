"""Who may see something: nobody outside, then partners, then everyone."""

import pytest

from cases.visibility import is_narrower, is_wider, narrowest, rank

ORDERED = ["internal", "partners", "public"]


def test_each_lets_in_more_than_those_before_it() -> None:
    assert [rank(visibility) for visibility in ORDERED] == [0, 1, 2]
    for place, visibility in enumerate(ORDERED):
        for other_place, other in enumerate(ORDERED):
            assert is_wider(visibility, than=other) is (place > other_place)
            assert is_narrower(visibility, than=other) is (place < other_place)


def test_a_part_that_says_nothing_is_as_wide_as_its_case_may_be() -> None:
    assert rank(None) == rank("") == rank("public")
    assert not is_wider(None, than="public")
    assert is_narrower("partners", than=None)


@pytest.mark.parametrize(
    ("several", "decides"),
    [
        (("public", "partners"), "partners"),
        (("partners", "internal", "public"), "internal"),
        ((None, "partners"), "partners"),
        ((None,), "public"),
    ],
)
def test_of_several_limits_the_narrowest_decides(
    several: tuple[str | None, ...], decides: str
) -> None:
    assert narrowest(*several) == decides
