from __future__ import annotations

from typing import Any, Callable

import pytest

from bot.nlu.chinese_tokenizer import ChineseTokenizer
from bot.nlu.component import RESPELLED, RESPELLED_WORDS, normalized_text
from bot.nlu.spelling_corrector import SpellingCorrector

PAIRS = [(f"{a}{b}", "query_violations") for a in ["帮我查违章", "查违章记录", "违章在哪查", "有没有违章"]
         for b in ["", "吗", "啊", "谢谢", "行不行"]] * 3


@pytest.fixture
def corrector(make: Callable[..., Any], examples: Callable[..., Any]) -> Any:
    make(SpellingCorrector).train(examples(PAIRS))
    return make(SpellingCorrector, load=True)


def test_a_loaded_corrector_puts_what_was_meant_beside_what_was_typed(
    corrector: Any, read: Callable[[str], Any]
) -> None:
    message = read("帮我查围章谢谢")
    corrector.process([message])
    assert message.get(RESPELLED) == "帮我查违章谢谢"
    assert (message.get("text"), normalized_text(message)) == ("帮我查围章谢谢", "帮我查围章谢谢")


def test_a_message_without_a_slip_gets_nothing(corrector: Any, read: Callable[[str], Any]) -> None:
    message = read("帮我查违章谢谢")
    corrector.process([message])
    assert message.get(RESPELLED) is None


def test_the_tokenizer_cuts_what_was_meant_and_keeps_the_tokens_of_what_was_typed(
    make: Callable[..., Any], read: Callable[[str], Any]
) -> None:
    message = read("浙J12345帮我查围章")
    message.set(RESPELLED, "▲帮我查违章")
    make(ChineseTokenizer).process([message])
    assert {"▲", "违章"} <= set(message.get(RESPELLED_WORDS))
    assert message.get("text_tokens")[0].text == "浙j12345"
