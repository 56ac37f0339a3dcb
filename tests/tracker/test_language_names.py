"""What language a text is in, told in words."""

import pytest
from django.utils.translation import override

from tracker.language_names import language_name

WORDS = [
    ("en", "be-Latn", "Belarusian (Latin)"),
    ("en", "zh-Hant-HK", "Chinese (Traditional, Hong Kong SAR China)"),
    ("en", "zh-hant-hk", "Chinese (Traditional, Hong Kong SAR China)"),
    ("en", "my", "Burmese"),
    ("en", "be-tarask", "Belarusian (Taraskievica orthography)"),
    ("be", "az-Arab", "азербайджанская (арабскае)"),
    ("ru", "my-Latn", "бирманский (латиница)"),
    # What nobody has a word for.
    ("en", "qaa-Xsux", "qaa (Sumero-Akkadian Cuneiform)"),
    ("ru", "zz-zzqq", "zz (zzqq)"),
    ("en", "", ""),
    ("en", None, ""),
]


@pytest.mark.parametrize(("reader", "tag", "words"), WORDS)
def test_language_and_script_are_told_in_words(
    reader: str, tag: str | None, words: str
) -> None:
    with override(reader):
        assert language_name(tag) == words
