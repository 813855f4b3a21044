from __future__ import annotations

from tests.web.fake_account import Phone


def test_a_follower_has_no_name_and_no_picture(phone: Phone) -> None:
    phone.act("follow", scene="window-3")
    known = phone.call("user/info", openid=phone.openid)
    assert (known["subscribe"], known["nickname"], known["headimgurl"]) == (1, "", "")
    assert (known["subscribe_scene"], known["qr_scene_str"]) == ("ADD_SCENE_QR_CODE", "window-3")


def test_of_one_who_left_nothing_is_told(follower: Phone) -> None:
    follower.act("unfollow")
    assert follower.call("user/info", openid=follower.openid) == {"subscribe": 0, "openid": follower.openid}


def test_a_stranger_is_an_error(phone: Phone) -> None:
    assert phone.call("user/info", openid="oNobody")["errcode"] == 40003


def test_followers_are_listed_after_the_one_named(follower: Phone) -> None:
    follower.client.post("/phone/oDriver2/follow", json={})
    assert follower.call("user/get")["data"]["openid"] == ["oDriver1", "oDriver2"]
    assert follower.call("user/get", next_openid="oDriver1")["data"]["openid"] == ["oDriver2"]


def test_a_remark_is_kept(follower: Phone) -> None:
    assert follower.call("user/info/updateremark", {"openid": follower.openid, "remark": "货车"})["errcode"] == 0
    assert follower.call("user/info", openid=follower.openid)["remark"] == "货车"
