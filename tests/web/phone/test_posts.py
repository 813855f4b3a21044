from __future__ import annotations

import xmltodict

from web.phone import posts


def read(fields: posts.Fields) -> dict:
    return dict(xmltodict.parse(posts.to_xml(fields))["xml"])


def test_a_text_keeps_every_character() -> None:
    content = "5 < 6 & ]]> 还有“引号”\n第二行"
    assert read(posts.text_message(content))["Content"] == content


def test_message_ids_grow_and_fit_64_bits() -> None:
    first, second = (int(posts.text_message("x")["MsgId"]) for _ in range(2))
    assert first < second < 2**63


def test_a_tap_carries_its_menu_id() -> None:
    assert read(posts.text_message("满意", "101"))["bizmsgmenuid"] == "101"


def test_location_x_is_the_latitude() -> None:
    found = read(posts.location_message(28.71, 121.5, "杜桥大道"))
    assert (found["Location_X"], found["Location_Y"], found["Label"]) == ("28.710000", "121.500000", "杜桥大道")


def test_a_key_that_scans_tells_what_it_found() -> None:
    found = read(posts.menu_event({"type": "scancode_waitmsg", "key": "scan"}, scanned="http://a/b"))
    assert (found["Event"], found["ScanCodeInfo"]["ScanResult"]) == ("scancode_waitmsg", "http://a/b")


def test_a_key_that_opens_a_page_tells_its_address() -> None:
    found = read(posts.menu_event({"type": "view", "url": "http://a/b"}))
    assert (found["Event"], found["EventKey"]) == ("VIEW", "http://a/b")


def test_a_key_that_asks_for_a_place_tells_it() -> None:
    found = read(posts.menu_event({"type": "location_select", "key": "where"}, place=(28.7, 121.5, "白沙")))
    assert found["SendLocationInfo"]["Label"] == "白沙"


def test_pictures_of_a_menu_key_are_counted() -> None:
    found = read(posts.menu_event({"type": "pic_weixin", "key": "pics"}))
    assert found["SendPicsInfo"]["Count"] == "1"
    assert len(found["SendPicsInfo"]["PicList"]["item"]["PicMd5Sum"]) == 32
