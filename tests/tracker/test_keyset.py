"""Paging by value and id, with rows without a value and rows with the same one."""

from unittest.mock import patch
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tracker.asking import keyset
from tracker.asking.keyset import Among, Page, Position, page
from tracker.audiences import PUBLIC
from tracker.models import PublicDocument


class TestWalkingThroughPages(TestCase):
    @settings(max_examples=50, deadline=None)
    @given(
        values=st.lists(st.none() | st.sampled_from(["", "a", "b", "ж"]), max_size=9),
        limit=st.integers(1, 4),
        descending=st.booleans(),
    )
    def test_meets_every_row_once_in_both_directions(
        self, values: list[str | None], limit: int, descending: bool
    ) -> None:
        PublicDocument.objects.bulk_create(
            PublicDocument(
                id=uuid4(),
                kind="prisoner",
                seq=seq,
                changed_on="2025-09-11",
                document="{}",
                sort_name=value,
            )
            for seq, value in enumerate(values)
        )
        rows = PUBLIC.documents("prisoner")

        def at(start: Position | None) -> Page:
            return page(rows, "sort_name", limit, descending=descending, start=start)

        pages = [at(None)]
        while following := pages[-1].next:
            pages.append(at(following))
        met = [row for found in pages for row in found.rows]
        blank = [row.pk for row in met if row.sort_name is None]
        named = [(row.sort_name, row.pk) for row in met if row.sort_name is not None]
        assert [row.sort_name for row in met] == [name for name, _pk in named] + [
            None
        ] * len(blank)
        assert len({row.pk for row in met}) == len(met) == len(values)
        assert named == sorted(named, reverse=descending)
        assert blank == sorted(blank, reverse=descending)
        assert all(len(found.rows) == limit for found in pages[:-1])

        back = [pages[-1]]
        while before := back[0].previous:
            back.insert(0, at(before))
        assert [found.rows for found in back] == [found.rows for found in pages]

    @settings(max_examples=50, deadline=None)
    @given(
        values=st.lists(st.none() | st.sampled_from(["", "a", "b", "ж"]), max_size=9),
        asked=st.sets(st.integers(0, 8)),
        descending=st.booleans(),
    )
    def test_meets_the_same_rows_where_the_first_of_all_are_looked_at_by_themselves(
        self, values: list[str | None], asked: set[int], descending: bool
    ) -> None:
        for seq, value in enumerate(values):
            PublicDocument.objects.create(
                id=uuid4(),
                kind="prisoner",
                seq=seq,
                changed_on="2025-09-11",
                document="{}",
                sort_name=value,
            )
        all_rows = PUBLIC.documents("prisoner")
        rows = all_rows.filter(seq__in=asked)
        among = Among(all_rows, lambda beyond: beyond, {})

        def at(start: Position | None, among: Among | None) -> Page:
            return page(
                rows, "sort_name", 2, descending=descending, start=start, among=among
            )

        def pages(among: Among | None) -> list[Page]:
            met = [at(None, among)]
            while following := met[-1].next:
                met.append(at(following, among))
            if before := met[-1].previous:
                met.append(at(before, among))
            return met

        with patch.object(keyset, "NEAR", 2):
            assert pages(among) == pages(None)

    def test_goes_on_where_it_was_though_the_row_it_stood_on_is_gone(self) -> None:
        for seq in range(4):
            PublicDocument.objects.create(
                id=uuid4(),
                kind="prisoner",
                seq=seq,
                changed_on="2025-09-11",
                document="{}",
                sort_name="same",
            )
        rows = PUBLIC.documents("prisoner")
        first = page(rows, "sort_name", 2)
        left = page(rows, "sort_name", 2, start=first.next).rows
        first.rows[-1].delete()
        assert page(rows, "sort_name", 2, start=first.next).rows == left
