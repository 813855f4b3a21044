from __future__ import annotations

import pytest

from tests.web.fake_account import FakeAccount, Phone
from web.phone.template_fields import shown_fields

DATA = {"thing1": {"value": "75省道封闭"}, "time2": {"value": "8月3日 7:00"}}


def template(phone: Phone, **changes: object) -> dict:
    body = {"touser": phone.openid, "template_id": "tpl-road", "data": DATA, **changes}
    return phone.call("message/template/send", body)


def notice(phone: Phone, **changes: object) -> int:
    body = {"touser": phone.openid, "template_id": "tpl-road", "data": DATA, **changes}
    return phone.call("message/subscribe/bizsend", body)["errcode"]


def consent(phone: Phone, **body: object) -> None:
    phone.client.post(f"/stand-in/drivers/{phone.openid}/consent", json={"template": "tpl-road", **body})


def test_a_template_message_is_shown_and_its_end_is_told(follower: Phone, fake: FakeAccount) -> None:
    number = template(follower)["msgid"]
    assert follower.shown()[0]["fields"][0] == {"name": "thing1", "value": "75省道封闭"}
    told = fake.wait_for_posts(2)[1]
    assert (told["Event"], told["MsgID"], told["Status"]) == ("TEMPLATESENDJOBFINISH", str(number), "success")


def test_who_takes_no_messages_gets_none_and_that_is_told(follower: Phone, fake: FakeAccount) -> None:
    follower.client.post(f"/stand-in/drivers/{follower.openid}/blocked", json={"on": True})
    assert template(follower)["errcode"] == 0
    assert fake.wait_for_posts(2)[1]["Status"] == "failed:user block"
    assert follower.send("text", content="x") == 43019


def test_the_same_key_sends_once(follower: Phone) -> None:
    first, again = template(follower, client_msg_id="k1"), template(follower, client_msg_id="k1")
    assert first["msgid"] == again["msgid"]
    assert len(follower.shown()) == 1


@pytest.mark.parametrize(("changes", "code"), [
    ({"touser": "oNobody"}, 40003), ({"template_id": "x y"}, 40037), ({"data": {}}, 47003),
    ({"data": {"thing1": {"value": "长" * 21}}}, 47003), ({"data": {"thing1": {"value": "两\n行"}}}, 47003),
])
def test_a_wrong_template_message_gets_wechats_code(follower: Phone, changes: dict, code: int) -> None:
    assert template(follower, **changes)["errcode"] == code


def test_once_templates_are_put_up_any_other_is_unknown(follower: Phone) -> None:
    follower.client.post("/stand-in/templates", json=[{"template": "tpl-known", "title": "路况提醒"}])
    assert template(follower)["errcode"] == 40037
    assert template(follower, template_id="tpl-known")["errcode"] == 0
    assert follower.call("template/get_all_private_template")["template_list"][0]["title"] == "路况提醒"


def test_the_days_and_the_minutes_quota_end(follower: Phone) -> None:
    follower.client.post("/stand-in/limits", json={"path": "message/template/send", "day": 2})
    assert [template(follower)["errcode"] for _ in range(3)] == [0, 0, 45009]
    asked = {"cgi_path": "/cgi-bin/message/template/send"}
    assert follower.call("openapi/quota/get", asked)["quota"] == {"daily_limit": 2, "used": 2, "remain": 0}
    follower.client.post("/stand-in/limits", json={"path": "message/template/send", "minute": 2})
    assert template(follower)["errcode"] == 45011


def test_each_yes_is_worth_one_notice(follower: Phone, fake: FakeAccount) -> None:
    assert notice(follower) == 43101
    consent(follower, accept=True)
    chosen = fake.wait_for_posts(2)[1]
    assert chosen["SubscribeMsgPopupEvent"]["List"]["SubscribeStatusString"] == "accept"
    assert [notice(follower), notice(follower)] == [0, 43101]
    assert fake.wait_for_posts(3)[2]["SubscribeMsgSentEvent"]["List"]["ErrorStatus"] == "success"


def test_a_long_term_yes_lasts_until_it_is_withdrawn(follower: Phone, fake: FakeAccount) -> None:
    consent(follower, long_term=True)
    assert [notice(follower) for _ in range(3)] == [0, 0, 0]
    consent(follower, withdraw=True)
    assert notice(follower) == 43101
    assert fake.wait_for_posts(6)[-1]["Event"] in ("subscribe_msg_change_event", "subscribe_msg_sent_event")


@pytest.mark.parametrize(("name", "value", "good"), [
    ("thing1", "长" * 20, True), ("car_number3", "浙JA1234", True), ("phrase2", "已受理了呢", True),
    ("phrase2", "超过五个汉字", False), ("character_string4", "TS0726", True), ("character_string4", "编号", False),
    ("number5", "12.5", True), ("number5", "十二", False), ("first", "不再显示", True),
])
def test_a_field_holds_what_its_type_allows(name: str, value: str, good: bool) -> None:
    from web.phone.errors import ApiError

    if good:
        assert shown_fields({name: {"value": value}}) in ([{"name": name, "value": value}], [])
    else:
        with pytest.raises(ApiError):
            shown_fields({name: {"value": value}})
