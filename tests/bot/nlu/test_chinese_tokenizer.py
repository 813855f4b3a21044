from __future__ import annotations

from typing import Any, Callable

import jieba
import pytest
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.chinese_tokenizer import ChineseTokenizer, WordCutter


@pytest.mark.parametrize("word", ["浙j12345", "浙j·d12345", "学法减分", "下周三", "杜桥大道", "12123"])
def test_the_stations_words_stay_whole(word: str) -> None:
    cutter = WordCutter(["学法减分", "下周三", "杜桥大道", "12123"])
    assert word in cutter(f"我想{word}可以吗")


def test_jiebas_global_words_stay_as_they_were() -> None:
    before = len(jieba.dt.FREQ)
    WordCutter(["这是一个没有的词"])
    assert len(jieba.dt.FREQ) == before
    assert "这是一个没有的词" not in jieba.dt.FREQ


def test_tokens_point_into_the_drivers_own_text(read: Callable[[str], Any]) -> None:
    typed = "查　浙Ｊ１２３４５　違章"
    tokens = read(typed).get("text_tokens")
    assert [typed[t.start:t.end] for t in tokens if t.text == "浙j12345"] == ["浙Ｊ１２３４５"]
    assert "".join(t.text for t in tokens) == "查浙j12345违章"


def test_a_model_keeps_the_words_it_was_trained_with(make: Callable[..., Any]) -> None:
    make(ChineseTokenizer).train(TrainingData())
    assert "学法减分" in make(ChineseTokenizer, load=True).cutter("怎么学法减分呢")
