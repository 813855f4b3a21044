from __future__ import annotations

import pytest

from tests.web.fake_account import Phone


def tag(phone: Phone, name: str = "摩托车") -> int:
    return phone.call("tags/create", {"tag": {"name": name}})["tag"]["id"]


def give(phone: Phone, number: int, *openids: str, path: str = "batchtagging") -> int:
    return phone.call(f"tags/members/{path}", {"tagid": number, "openid_list": list(openids)})["errcode"]


def test_a_tag_is_given_counted_and_taken(follower: Phone) -> None:
    number = tag(follower)
    assert give(follower, number, follower.openid) == 0
    assert follower.call("tags/get")["tags"] == [{"id": number, "name": "摩托车", "count": 1}]
    assert follower.call("user/info", openid=follower.openid)["tagid_list"] == [number]
    assert follower.call("user/tag/get", {"tagid": number})["data"]["openid"] == [follower.openid]
    assert give(follower, number, follower.openid, path="batchuntagging") == 0
    assert follower.call("tags/getidlist", {"openid": follower.openid})["tagid_list"] == []


def test_a_tag_is_renamed_and_deleted(follower: Phone) -> None:
    number = tag(follower)
    give(follower, number, follower.openid)
    assert follower.call("tags/update", {"tag": {"id": number, "name": "货车"}})["errcode"] == 0
    assert follower.call("tags/delete", {"tag": {"id": number}})["errcode"] == 0
    assert follower.call("tags/getidlist", {"openid": follower.openid})["tagid_list"] == []


def test_what_wechat_refuses_has_its_code(follower: Phone) -> None:
    number = tag(follower)
    assert follower.call("tags/create", {"tag": {"name": "摩托车"}})["errcode"] == 45157
    assert follower.call("tags/create", {"tag": {"name": "长" * 31}})["errcode"] == 45158
    assert give(follower, 7, follower.openid) == 45159
    assert give(follower, number, "oNobody") == 40003
    assert give(follower, number, *[f"o-{n}" for n in range(51)]) == 40032


@pytest.mark.parametrize(("most", "code"), [(20, 45059)])
def test_a_follower_has_at_most_twenty_tags(follower: Phone, most: int, code: int) -> None:
    numbers = [tag(follower, f"标签{n}") for n in range(most + 1)]
    assert [give(follower, number, follower.openid) for number in numbers] == [0] * most + [code]
