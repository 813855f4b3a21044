from __future__ import annotations

import pytest

from actions.hand_over import REASONS
from connectors.signs import SIGNS, Signs


@pytest.fixture(scope="module")
def signs() -> Signs:
    return Signs(SIGNS)


@pytest.mark.parametrize(("words", "reason"), [
    ("我们村口刚才撞死人了", "death"), ("我是死者家属，想问认定书", "death"),
    ("我是电视台记者，想核实一下情况", "media"),
    ("你们那个辅警骂人，谁管", "officer_complaint"), ("窗口工作人员 态度 恶劣", "officer_complaint"),
    ("问了多少遍了，答非所问", "angry"), ("什么破系统", "angry"),
    ("查违章", None), ("撞死一只狗要赔吗", None), ("车主去世了怎么过户", None), ("把我妈的驾照也绑上", None),
    ("电视台说新规下月执行，是真的吗", None), ("警察可以打人吗", None), ("丢死人了", None), ("交警几点上班", None)])
def test_words_that_call_for_a_person(signs: Signs, words: str, reason: str | None) -> None:
    assert signs.reason_in(words) == reason


def test_every_sign_has_its_sentences() -> None:
    import yaml

    assert set(yaml.safe_load(SIGNS.read_text(encoding="utf-8"))) <= REASONS
