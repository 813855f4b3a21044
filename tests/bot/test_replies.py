from __future__ import annotations

import asyncio
import logging
import re
from typing import Any, Dict, Optional

import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.channels import CollectingOutputChannel
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop
from rasa.shared.core.trackers import DialogueStateTracker

from bot.replies import Replies
from bot.settings import Settings
from traffic.page_links import Link, read_link

RESPONSES: Dict[str, Any] = {
    "utter_where": [{"text": "到{violation_window}办，{station_hours}。"}],
    "utter_greet": [{"text": "您好", "metadata": {"buttons": "menu"}}],
    "utter_greet_in_form": [{"text": "您好，接着办。"}],
    "utter_list": [{"text": "{count}条：\n{lines}"}],
    "utter_line": [{"text": "· {what}，{fine}"}],
    "utter_title_all": [{"text": "全部{count}个"}],
    "utter_pay_fine/how": [{"text": "这样交。", "metadata": {"review": "2027-06-30"}}],
    "utter_pay_fine/old": [{"text": "旧办法。", "metadata": {"review": "2020-01-01"}}],
    "utter_pages": [{"text": '有3条。\n<a href="{page_violations}">看明细</a>\n'
                             '看<a href="{page_public}/h5/articles/7">这篇</a>。'}],
    "utter_answer_under_review": [{"text": "规定可能变了，请打{station_phone}。"}],
}


def say(name: str, in_form: bool = False, **values: Any) -> Optional[Dict[str, Any]]:
    events = [ActiveLoop("violations_form")] if in_form else []
    tracker = DialogueStateTracker.from_events("driver", events)
    replies = Replies(Domain.from_dict({"responses": RESPONSES, "forms": {"violations_form": {"required_slots": []}}}))
    return asyncio.run(replies.generate(name, tracker, "wechat", **values))


def text_of(name: str, **values: Any) -> str:
    reply = say(name, **values)
    assert reply is not None
    return str(reply["text"])


def test_the_stations_words_are_filled_in() -> None:
    assert text_of("utter_where").startswith("到违法处理窗口（杜桥大道88号一楼3号窗")
    assert "{" not in text_of("utter_where")


def test_lines_are_said_one_by_one_and_joined() -> None:
    lines = [{"say": "utter_line", "what": "闯红灯", "fine": "200元"},
             {"say": "utter_line", "what": "违停", "fine": "150元"}]
    assert text_of("utter_list", count=2, lines=lines) == "2条：\n· 闯红灯，200元\n· 违停，150元"


def test_braces_in_a_value_stay_what_they_are() -> None:
    lines = [{"say": "utter_line", "what": "{station_phone} {0}", "fine": "1元"}]
    assert text_of("utter_list", count=1, lines=lines) == "1条：\n· {station_phone} {0}，1元"


def test_a_title_that_names_a_response_becomes_its_text_where_rasa_will_use_it() -> None:
    buttons = [{"title": "utter_title_all", "payload": "/x", "count": 3}, {"title": "75省道", "payload": "/y"}]
    response = {"response": "utter_where", "buttons": buttons, "text": None}
    replies = Replies(Domain.from_dict({"responses": RESPONSES}))
    said = asyncio.run(RemoteAction._utter_responses(
        [response], CollectingOutputChannel(), replies, DialogueStateTracker.from_events("driver", [])))
    assert [b["title"] for b in said[0].data["buttons"]] == ["全部3个", "75省道"]


def test_the_menu_goes_below_a_greeting_but_not_in_a_form() -> None:
    greeting, in_form = say("utter_greet"), say("utter_greet", in_form=True)
    assert greeting is not None
    assert in_form is not None
    assert greeting["buttons"][0]["payload"] == "/query_violations"
    assert (in_form["text"], in_form.get("buttons")) == ("您好，接着办。", None)


def test_an_answer_in_force_is_given() -> None:
    assert text_of("utter_pay_fine/how") == "这样交。"


def test_an_expired_answer_is_withheld_and_told_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="bot.replies"):
        assert text_of("utter_pay_fine/old").startswith("规定可能变了，请打0000-")
    assert "utter_pay_fine/old" in caplog.text


def test_an_unknown_response_is_none() -> None:
    assert say("utter_nothing") is None


SETTINGS = Settings(wechat_token="token", wechat_app_id="wx", wechat_app_secret="s", wechat_encoding_aes_key="a" * 43,
                    weijing_secret="s" * 32, public_url="https://wx.example.cn")


def pages_on(channel: str, settings: Settings = SETTINGS) -> str:
    tracker = DialogueStateTracker.from_events("oAnna", [])
    replies = Replies(Domain.from_dict({"responses": RESPONSES}), settings=settings)
    return str((asyncio.run(replies.generate("utter_pages", tracker, channel)) or {})["text"])


def test_a_page_is_linked_for_this_driver_alone() -> None:
    _, link, article = pages_on("wechat").split("\n")
    token = re.search(r'href="https://wx.example.cn/h5/in/([^"]+)"', link)
    assert token is not None
    assert read_link(token[1], settings=SETTINGS) == Link("oAnna", "violations")
    assert article == '看<a href="https://wx.example.cn/h5/articles/7">这篇</a>。'


def test_where_there_are_no_pages_nothing_links_to_them() -> None:
    assert pages_on("terminal") == "有3条。\n看这篇。"
    assert pages_on("wechat", SETTINGS.copy(update={"public_url": ""})) == "有3条。\n看这篇。"
