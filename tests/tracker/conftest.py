import pytest


@pytest.fixture(autouse=True, scope="module")
def _rows_are_made_here(with_every_right: None) -> None:
    """These tests write published rows themselves."""
