from __future__ import annotations

from tests.web.fake_account import FakeAccount, Phone, reply, wait_until


def agent(phone: Phone, account: str = "li@gh", online: bool = True) -> None:
    phone.client.post("/stand-in/kf/agents", json={"account": account, "online": online})


def events(fake: FakeAccount, count: int) -> list:
    return [post.get("Event") for post in fake.wait_for_posts(count)]


def test_only_who_is_online_is_listed_with_the_number_of_drivers(follower: Phone) -> None:
    agent(follower)
    agent(follower, "wang@gh", online=False)
    listed = follower.call("customservice/getonlinekflist")["kf_online_list"]
    assert [(each["kf_account"], each["accepted_case"]) for each in listed] == [("li@gh", 0)]
    assert len(follower.call("customservice/getkflist")["kf_list"]) == 2


def test_a_session_is_opened_passed_on_and_closed_and_each_is_told(follower: Phone, fake: FakeAccount) -> None:
    agent(follower)
    agent(follower, "wang@gh")
    body = {"kf_account": "li@gh", "openid": follower.openid}
    assert follower.call("../customservice/kfsession/create", body)["errcode"] == 0
    follower.client.post(f"/stand-in/kf/{follower.openid}/switch", json={"account": "wang@gh"})
    got = follower.call("../customservice/kfsession/getsession", openid=follower.openid)
    assert got["kf_account"] == "wang@gh"
    assert follower.call("../customservice/kfsession/close", body)["errcode"] == 65413
    follower.client.post(f"/stand-in/kf/{follower.openid}/close", json={})
    assert sorted(events(fake, 4)[1:]) == ["kf_close_session", "kf_create_session", "kf_switch_session"]


def test_an_agents_words_cost_none_of_the_accounts_messages(follower: Phone) -> None:
    agent(follower)
    follower.call("../customservice/kfsession/create", {"kf_account": "li@gh", "openid": follower.openid})
    before = follower.state()["left"]
    follower.client.post(f"/stand-in/kf/{follower.openid}/say", json={"words": "您好，我是值班民警"})
    assert follower.shown()[0]["parts"] == [{"text": "您好，我是值班民警"}]
    assert follower.state()["left"] == before


def test_with_nobody_online_a_transfer_swallows_the_driver_until_somebody_comes(
        follower: Phone, fake: FakeAccount) -> None:
    fake.answer = lambda fields: reply(fields, "<MsgType>transfer_customer_service</MsgType>") if (
        fields["MsgType"] == "text") else None
    follower.act("text", content="人工")
    wait_until(lambda: follower.client.get("/stand-in/kf").json()["waiting"] == [follower.openid])
    follower.act("text", content="有人吗")
    wait_until(lambda: follower.record("desk"))
    agent(follower)
    assert events(fake, 3)[1:] == [None, "kf_create_session"]


def test_an_agent_who_is_away_or_unknown_gets_no_driver(follower: Phone) -> None:
    agent(follower, online=False)
    for account, code in (("li@gh", 65415), ("nobody@gh", 65401)):
        body = {"kf_account": account, "openid": follower.openid}
        assert follower.call("../customservice/kfsession/create", body)["errcode"] == code
