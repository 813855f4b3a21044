from __future__ import annotations

from typing import Any

import pytest

from connectors.needs import needs_of, pieces

MEANT = {"查下违章": "query_violations", "驾照到期怎么换": "license_service", "约个年检": "book_inspection",
         "要带什么": "license_service", "撞人了": "emergency", "您好": "greet", "我的车被追尾了": "accident_procedure",
         "修车钱谁出": "accident_compensation"}


async def read(text: str) -> dict[str, Any]:
    for words, intent in MEANT.items():
        if words in text:
            return {"text": text, "intent": {"name": intent, "confidence": 0.9}}
    return {"text": text, "intent": {"name": "nlu_fallback", "confidence": 0.3}}


async def words_of(text: str) -> list[str]:
    return [need.words for need in await needs_of(text, read)]


@pytest.mark.parametrize(("text", "needs"), [
    ("查下违章，另外驾照到期怎么换", ["查下违章", "另外驾照到期怎么换"]),
    ("查下违章顺便约个年检", ["查下违章", "顺便约个年检"]),
    ("您好，查下违章，驾照到期怎么换？", ["您好，查下违章", "驾照到期怎么换"]),
    ("驾照到期怎么换，要带什么", ["驾照到期怎么换，要带什么"]),
    ("查下违章，谢谢了", ["查下违章，谢谢了"]),
    ("查下违章", ["查下违章"]),
    ("驾照还有几分", ["驾照还有几分"]),
    ("查下违章，今天约个年检还有号没", ["查下违章", "今天约个年检还有号没"]),
])
async def test_needs_are_found_in_their_order(text: str, needs: list[str]) -> None:
    assert await words_of(text) == needs


async def test_a_story_is_one_need() -> None:
    assert len(await words_of("我的车被追尾了，修车钱谁出" + "，当时人很多" * 20)) == 1


async def test_facts_before_a_question_are_no_need() -> None:
    assert await words_of("我的车被追尾了，约个年检") == ["我的车被追尾了，约个年检"]


async def test_an_emergency_in_any_part_comes_alone() -> None:
    assert await words_of("约个年检，等等，撞人了") == ["撞人了"]


async def test_each_need_brings_what_was_made_of_it() -> None:
    needs = await needs_of("查下违章，另外驾照到期怎么换", read)
    assert [need.parsed["intent"]["name"] for need in needs if need.parsed] == ["query_violations", "license_service"]


def test_numbers_and_plates_are_not_cut() -> None:
    assert pieces("浙J·A1234超速1.5倍") == ["浙J·A1234超速1.5倍"]
