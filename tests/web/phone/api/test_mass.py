from __future__ import annotations

import pytest

from tests.web.fake_account import FakeAccount, Phone, wait_until


def crowd(phone: Phone, count: int) -> None:
    phone.client.post("/stand-in/followers", json={"count": count})


def everyone(phone: Phone, **more: object) -> dict:
    body = {"filter": {"is_to_all": True}, "msgtype": "text", "text": {"content": "放假通知"}, **more}
    return phone.call("message/mass/sendall", body)


def ended(fake: FakeAccount, count: int = 1) -> list:
    return wait_until(lambda: found if len(found := [
        post for post in fake.posts if post.get("Event") == "MASSSENDJOBFINISH"]) >= count else None)


def received(phone: Phone) -> dict:
    return phone.client.get("/stand-in/received", params={"kind": "text"}).json()


def test_all_followers_get_it_and_the_counts_are_told(follower: Phone, fake: FakeAccount) -> None:
    crowd(follower, 1200)
    made = everyone(follower)
    told = ended(fake)[0]
    assert told["MsgID"] == str(made["msg_id"])
    assert [told[name] for name in ("TotalCount", "FilterCount", "SentCount", "ErrorCount")] == [
        "1201", "1201", "1201", "0"]
    assert received(follower) == {"drivers": 1201, "total": 1201, "most": 1}
    assert follower.call("message/mass/get", {"msg_id": made["msg_id"]})["msg_status"] == "SEND_SUCCESS"


def test_nobody_gets_a_fifth_in_a_month(follower: Phone, fake: FakeAccount) -> None:
    crowd(follower, 2)
    for number in range(4):
        everyone(follower, text={"content": f"第{number}条"})
        ended(fake, number + 1)
    assert everyone(follower)["errcode"] == 45028
    two = {"touser": ["o-fan-0", "o-fan-1"], "msgtype": "text", "text": {"content": "第5条"}}
    assert follower.call("message/mass/send", two)["errcode"] == 0
    assert (ended(fake, 5)[4]["FilterCount"], ended(fake, 5)[4]["TotalCount"]) == ("0", "2")
    assert received(follower)["most"] == 4


def test_the_same_key_is_one_mass_send(follower: Phone, fake: FakeAccount) -> None:
    crowd(follower, 1)
    first, again = everyone(follower, clientmsgid="news-1"), everyone(follower, clientmsgid="news-1")
    assert (again["errcode"], again["msg_id"]) == (45065, first["msg_id"])
    assert everyone(follower, clientmsgid="k" * 33)["errcode"] == 45067
    ended(fake)
    assert received(follower)["most"] == 1


def test_a_mass_send_can_be_stopped_half_way(follower: Phone, fake: FakeAccount) -> None:
    crowd(follower, 1500)
    follower.client.post("/stand-in/jobs", json={"mass_delay": 0, "mass_per_second": 1000})
    made = everyone(follower)
    wait_until(lambda: received(follower)["total"] >= 500)
    assert follower.call("message/mass/delete", {"msg_id": made["msg_id"]})["errcode"] == 0
    told = ended(fake)[0]
    assert told["Status"].startswith("err(")
    assert int(told["SentCount"]) == received(follower)["total"] < 1501


def test_a_tag_is_an_audience(follower: Phone, fake: FakeAccount) -> None:
    crowd(follower, 3)
    tag = follower.call("tags/create", {"tag": {"name": "货车"}})["tag"]["id"]
    follower.call("tags/members/batchtagging", {"tagid": tag, "openid_list": ["o-fan-1", "o-fan-2"]})
    everyone(follower, filter={"is_to_all": False, "tag_id": tag})
    assert ended(fake)[0]["SentCount"] == "2"
    assert everyone(follower, filter={"is_to_all": False, "tag_id": 7})["errcode"] == 40152


@pytest.mark.parametrize(("openids", "code"), [(["oDriver1"], 40130), ([], 40130), (["a"] * 3, 40130),
                                               ([f"o-{n}" for n in range(10_001)], 40032)])
def test_a_wrong_number_of_openids_is_refused(follower: Phone, openids: list, code: int) -> None:
    body = {"touser": openids, "msgtype": "text", "text": {"content": "x"}}
    assert follower.call("message/mass/send", body)["errcode"] == code


def test_a_preview_reaches_one_and_costs_no_mass_send(follower: Phone) -> None:
    body = {"touser": follower.openid, "msgtype": "text", "text": {"content": "先看看"}}
    assert follower.call("message/mass/preview", body)["errcode"] == 0
    assert follower.shown()[0]["parts"] == [{"text": "先看看"}]
    assert follower.client.get("/stand-in/jobs").json()["mass_left_this_month"] == 4
