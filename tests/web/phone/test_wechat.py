from __future__ import annotations

from tests.web.fake_account import FakeAccount, Phone, reply, text_reply, wait_until

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


def last(fake: FakeAccount, count: int) -> dict:
    return fake.wait_for_posts(count)[count - 1]


def test_who_follows_is_welcomed(phone: Phone, fake: FakeAccount) -> None:
    fake.answer = lambda fields: text_reply(fields, "欢迎")
    phone.act("follow")
    assert phone.shown()[0]["parts"] == [{"text": "欢迎"}]
    assert fake.posts[0]["Event"] == "subscribe"
    assert fake.posts[0]["EventKey"] is None


def test_following_twice_is_following_once(follower: Phone, fake: FakeAccount) -> None:
    follower.act("follow")
    follower.act("text", content="在吗")
    assert last(fake, 2)["MsgType"] == "text"


def test_following_by_a_counters_code_tells_the_scene(phone: Phone, fake: FakeAccount) -> None:
    phone.act("follow", scene="window-3")
    assert last(fake, 1)["EventKey"] == "qrscene_window-3"
    assert phone.state()["scene"] == "window-3"


def test_a_follower_who_scans_has_only_scanned(follower: Phone, fake: FakeAccount) -> None:
    made = follower.call("qrcode/create", {"action_name": "QR_LIMIT_STR_SCENE",
                                           "action_info": {"scene": {"scene_str": "window-5"}}})
    follower.act("follow", scene="window-5")
    scanned = last(fake, 2)
    assert (scanned["Event"], scanned["EventKey"], scanned["Ticket"]) == ("SCAN", "window-5", made["ticket"])


def test_who_left_gets_nothing_and_can_write_nothing(follower: Phone, fake: FakeAccount) -> None:
    follower.act("unfollow")
    assert last(fake, 2)["Event"] == "unsubscribe"
    assert follower.send("text", content="还在吗") == 43004
    assert follower.act("text", content="在").json()["errcode"] == 43004


def test_a_menu_key_is_a_click_with_its_key(follower: Phone, fake: FakeAccount) -> None:
    follower.act("press", column=0, row=0)
    assert (last(fake, 2)["Event"], fake.posts[1]["EventKey"]) == ("CLICK", "query_violations")


def test_a_column_without_keys_is_a_key_itself(follower: Phone, fake: FakeAccount) -> None:
    follower.act("press", column=1)
    assert last(fake, 2)["EventKey"] == "help"


def test_a_menu_link_opens_and_is_told(follower: Phone, fake: FakeAccount) -> None:
    assert follower.act("press", column=0, row=1).json() == {"type": "view", "url": "http://127.0.0.1/"}
    assert last(fake, 2)["Event"] == "VIEW"


def test_a_key_that_is_not_there_is_refused(follower: Phone) -> None:
    assert follower.act("press", column=2, row=4).status_code == 400


def test_a_key_that_asks_for_a_place_waits_for_it(follower: Phone, fake: FakeAccount) -> None:
    follower.call("menu/create", {"button": [{"type": "location_select", "name": "位置", "key": "where"}]})
    follower.act("press", column=0)
    follower.act("press", column=0, place={"latitude": 28.7, "longitude": 121.5, "label": "白沙"})
    fake.wait_for_posts(3)
    kinds = {post["MsgType"]: post for post in fake.posts[1:]}
    assert kinds["event"]["SendLocationInfo"]["Label"] == "白沙"
    assert kinds["location"]["Label"] == "白沙"


def test_a_picture_can_be_fetched_by_its_media_id(follower: Phone, fake: FakeAccount) -> None:
    follower.send_picture(PNG)
    media_id = last(fake, 2)["MediaId"]
    got = follower.client.get("/cgi-bin/media/get", params={"access_token": follower.token(), "media_id": media_id})
    assert (got.content, got.headers["content-type"]) == (PNG, "image/png")


def test_what_is_no_picture_is_not_sent(follower: Phone) -> None:
    assert follower.send_picture(b"<svg onload=alert(1)>").json()["errcode"] == 40005


def test_a_location_is_told_in_degrees(follower: Phone, fake: FakeAccount) -> None:
    follower.act("location", latitude=28.7, longitude=121.5, label="杜桥大道")
    assert last(fake, 2)["Location_X"] == "28.700000"


def test_a_tap_is_a_text_with_its_id(follower: Phone, fake: FakeAccount) -> None:
    follower.act("text", content="是", menu_id="101")
    assert (last(fake, 2)["Content"], fake.posts[1]["bizmsgmenuid"]) == ("是", "101")


def test_while_the_desk_has_the_driver_the_server_hears_nothing_for_half_an_hour(
        follower: Phone, fake: FakeAccount) -> None:
    transfer = "<MsgType>transfer_customer_service</MsgType>"
    follower.client.post("/stand-in/kf/agents", json={"account": "li@gh"})
    fake.answer = lambda fields: reply(fields, transfer) if fields["MsgType"] == "text" else None
    follower.act("text", content="人工")
    assert last(fake, 3)["Event"] == "kf_create_session"
    follower.act("text", content="听得到吗")
    wait_until(lambda: follower.record("desk"))
    assert len(fake.posts) == 3
    follower.client.post("/stand-in/clock", json={"forward": 1801})
    assert (last(fake, 4)["Event"], fake.posts[3]["CloseType"]) == ("kf_close_session", "TIMEOUT")
    follower.act("text", content="现在呢")
    assert last(fake, 5)["Content"] == "现在呢"


def test_any_post_can_be_made(follower: Phone, fake: FakeAccount) -> None:
    voice = {"MsgType": "voice", "MediaId": "m", "Format": "amr", "MsgId": 77}
    follower.client.post(f"/stand-in/drivers/{follower.openid}/post", json=voice)
    assert (last(fake, 2)["MsgType"], fake.posts[1]["Format"]) == ("voice", "amr")
