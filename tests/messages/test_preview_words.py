from __future__ import annotations

import pytest

from messages.preview_words import preview_code


@pytest.mark.parametrize("text", ["预览 482 913", "预览：482913。", "預覽４８２９１３", "预览码 482-913 "])
def test_the_digits_are_found_however_they_are_typed(text: str) -> None:
    assert preview_code(text) == "482913"


@pytest.mark.parametrize("text", [None, "", "预览", "预览一下路况", "482913", "怎么预览482913的文章", "预览12"])
def test_other_words_are_the_bots(text: str | None) -> None:
    assert preview_code(text) == ""
