from __future__ import annotations

import pytest

from tests.web.fake_account import FakeAccount, Phone


def test_a_text_is_shown_at_once(follower: Phone) -> None:
    assert follower.send("text", content="已受理") == 0
    assert follower.shown()[0]["parts"] == [{"text": "已受理"}]


def test_three_may_follow_a_follow_and_five_a_message(follower: Phone) -> None:
    assert [follower.send("text", content="x") for _ in range(4)] == [0, 0, 0, 45047]
    follower.act("text", content="你好")
    assert [follower.send("text", content="x") for _ in range(6)] == [0, 0, 0, 0, 0, 45047]


def test_after_48_hours_the_window_is_closed(follower: Phone) -> None:
    follower.act("text", content="你好")
    follower.client.post("/stand-in/clock", json={"forward": 48 * 3600})
    assert follower.send("text", content="x") == 45015


@pytest.mark.parametrize(("kind", "content", "code"), [
    ("text", {"content": "长" * 683}, 45002),
    ("text", {"content": " "}, 44004),
    ("text", {"content": 7}, 47001),
    ("image", {"media_id": "unknown"}, 40007),
    ("news", {"articles": []}, 44004),
    ("news", {"articles": [{"title": "a"}, {"title": "b"}]}, 45008),
    ("msgmenu", {"head_content": "?", "list": []}, 44004),
    ("hologram", {}, 40008),
])
def test_what_wechat_refuses_costs_nothing(follower: Phone, kind: str, content: dict, code: int) -> None:
    before = follower.state()["left"]
    assert follower.send(kind, **content) == code
    assert follower.state()["left"] == before


def test_choices_are_shown_as_rows(follower: Phone) -> None:
    choices = [{"id": "1", "content": "是"}, {"id": "2", "content": "不是"}]
    assert follower.send("msgmenu", head_content="对吗？", list=choices, tail_content="") == 0
    assert follower.shown()[0]["choices"] == choices


def test_a_stranger_can_not_be_written_to(phone: Phone) -> None:
    assert phone.send("text", content="x") == 40003


def test_an_unverified_account_may_not_send(follower: Phone) -> None:
    follower.client.post("/stand-in/account", json={"verified": False})
    assert follower.send("text", content="x") == 48001


def test_typing_is_shown_until_the_answer_comes(follower: Phone) -> None:
    follower.act("text", content="你好")
    asked = {"touser": follower.openid, "command": "Typing"}
    assert follower.call("message/custom/typing", asked)["errcode"] == 0
    assert follower.state()["typing"] is True
    assert follower.call("message/custom/typing", asked)["errcode"] == 45081
    follower.send("text", content="来了")
    assert follower.state()["typing"] is False


def test_typing_needs_a_message_of_the_last_half_minute(follower: Phone) -> None:
    asked = {"touser": follower.openid, "command": "Typing"}
    assert follower.call("message/custom/typing", asked)["errcode"] == 45080


def test_every_refusal_has_a_request_id(follower: Phone) -> None:
    refused = follower.call("message/custom/send", {"touser": follower.openid, "msgtype": "text"})
    assert " rid: " in refused["errmsg"]


def test_a_fault_on_demand_happens_as_often_as_asked(follower: Phone) -> None:
    follower.fault(path="custom/send", errcode=-1, times=2)
    assert [follower.send("text", content="x") for _ in range(3)] == [-1, -1, 0]
    assert len(follower.shown()) == 1


def test_a_fault_after_the_fact_leaves_the_caller_in_doubt(follower: Phone) -> None:
    import httpx

    follower.fault(path="custom/send", hang_up=True, after=True)
    with pytest.raises(httpx.RemoteProtocolError):
        follower.send("text", content="到了吗")
    assert follower.shown()[0]["parts"] == [{"text": "到了吗"}]


def test_a_call_can_fail_as_a_gateway_does(follower: Phone, fake: FakeAccount) -> None:
    follower.fault(path="custom/send", status=502)
    body = {"touser": follower.openid, "msgtype": "text", "text": {"content": "x"}}
    got = follower.client.post("/cgi-bin/message/custom/send", params={"access_token": follower.token()}, json=body)
    assert got.status_code == 502
    assert follower.state()["entries"] == []
