from __future__ import annotations

import pytest

from tests.web.fake_account import FakeAccount, Phone, wait_until
from tests.web.phone.api.test_media import PNG, upload
from web.phone.article_html import kept_html


def article(phone: Phone, **changes: object) -> dict:
    cover = upload(phone, PNG, path="material/add_material")["media_id"]
    return {"title": "国庆出行提示", "content": "<p>错峰出行</p>", "thumb_media_id": cover, "digest": "早出门",
            **changes}


def draft(phone: Phone, **changes: object) -> dict:
    return phone.call("draft/add", {"articles": [article(phone, **changes)]})


def test_a_draft_is_read_before_it_is_published(follower: Phone) -> None:
    media = draft(follower)["media_id"]
    address = follower.call("draft/get", {"media_id": media})["news_item"][0]["url"]
    page = follower.client.get(address)
    assert "错峰出行" in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]


def test_a_published_draft_leaves_the_drafts_and_its_end_is_told(follower: Phone, fake: FakeAccount) -> None:
    made = follower.call("freepublish/submit", {"media_id": draft(follower)["media_id"]})
    told = fake.wait_for_posts(2)[1]["PublishEventInfo"]
    assert (told["publish_id"], told["publish_status"]) == (made["publish_id"], "0")
    known = follower.call("freepublish/get", {"publish_id": made["publish_id"]})
    assert "错峰出行" in follower.client.get(known["article_detail"]["item"][0]["article_url"]).text
    assert follower.call("draft/count")["total_count"] == 0
    follower.call("freepublish/delete", {"article_id": known["article_id"]})
    assert follower.client.get(known["article_detail"]["item"][0]["article_url"]).status_code == 404


def test_a_publishing_that_wechat_refuses_names_the_article(follower: Phone, fake: FakeAccount) -> None:
    follower.fault(path="job/publish", errcode=4)
    made = follower.call("freepublish/submit", {"media_id": draft(follower)["media_id"]})
    assert fake.wait_for_posts(2)[1]["PublishEventInfo"]["fail_idx"] == "1"
    assert follower.call("freepublish/get", {"publish_id": made["publish_id"]})["publish_status"] == 4
    assert follower.call("draft/count")["total_count"] == 1


@pytest.mark.parametrize(("changes", "code"), [
    ({"title": "长" * 65}, 45003), ({"digest": "长" * 121}, 45004), ({"content": ""}, 44004), ({"title": ""}, 44004),
    ({"thumb_media_id": "unknown"}, 40007), ({"content": "长" * 20_000}, 45002),
])
def test_an_article_that_wechat_would_refuse_is_refused(follower: Phone, changes: dict, code: int) -> None:
    assert draft(follower, **changes)["errcode"] == code


def test_an_article_can_be_replaced_and_thrown_away(follower: Phone) -> None:
    media = draft(follower)["media_id"]
    body = {"media_id": media, "index": 0, "articles": article(follower, title="改过的")}
    assert follower.call("draft/update", body)["errcode"] == 0
    assert follower.call("draft/get", {"media_id": media})["news_item"][0]["title"] == "改过的"
    assert follower.call("draft/delete", {"media_id": media})["errcode"] == 0
    assert follower.call("draft/get", {"media_id": media})["errcode"] == 40007


def test_a_draft_sent_to_all_is_a_card_in_the_chat(follower: Phone) -> None:
    body = {"filter": {"is_to_all": True}, "msgtype": "mpnews", "mpnews": {"media_id": draft(follower)["media_id"]}}
    made = follower.call("message/mass/sendall", body)
    card = follower.shown()[0]
    assert (card["title"], card["description"]) == ("国庆出行提示", "早出门")
    assert follower.client.get(card["url"]).status_code == 200
    wait_until(lambda: follower.call("message/mass/get", {"msg_id": made["msg_id"]})["msg_status"] == "SEND_SUCCESS")
    follower.call("message/mass/delete", {"msg_id": made["msg_id"]})
    assert follower.client.get(card["url"]).status_code == 404


@pytest.mark.parametrize(("written", "kept"), [
    ("<p onclick='x()'>好</p>", "<p>好</p>"), ("<script>alert(1)</script>好", "好"),
    ('<img src="http://evil.invalid/a.png">好', "好"), ('<a href="javascript:x()">点</a>', "<a>点</a>"),
    ("a &lt;b&gt; c<br>d", "a &lt;b&gt; c<br>d"),
])
def test_what_wechat_takes_out_of_an_article_is_taken_out(written: str, kept: str) -> None:
    assert kept_html(written) == kept
