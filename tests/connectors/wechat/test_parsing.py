from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.wechat import messages as kinds
from connectors.wechat.coordinates import gcj02_of
from connectors.wechat.errors import BadPost
from connectors.wechat.intake import Intake
from connectors.wechat.parsing import parse_message
from connectors.wechat.xml import read_xml
from messages.inbox import Incoming
from messages.quotas import Grant
from web.phone.posts import to_xml

HEAD = {"ToUserName": "gh_0", "FromUserName": "o-1", "CreateTime": 1700000000}
MESSAGE, CLICK = Grant("message", 5, 172800), Grant("click", 3, 60)
EVENTS = {"subscribe": kinds.Subscribe, "unsubscribe": kinds.Unsubscribe, "SCAN": kinds.Scan, "CLICK": kinds.Click,
          "VIEW": kinds.View, "view_miniprogram": kinds.ViewMiniProgram, "LOCATION": kinds.Position,
          "scancode_push": kinds.ScanCodePush, "scancode_waitmsg": kinds.ScanCodeWait,
          "pic_sysphoto": kinds.Pictures, "pic_photo_or_album": kinds.Pictures, "pic_weixin": kinds.Pictures,
          "location_select": kinds.LocationSelect, "TEMPLATESENDJOBFINISH": kinds.TemplateSent,
          "MASSSENDJOBFINISH": kinds.MassSent, "PUBLISHJOBFINISH": kinds.Published,
          "kf_create_session": kinds.DeskSession, "kf_close_session": kinds.DeskSession,
          "kf_switch_session": kinds.DeskSession, "subscribe_msg_popup_event": kinds.NoticeConsents,
          "subscribe_msg_change_event": kinds.NoticeConsents, "subscribe_msg_sent_event": kinds.NoticeConsents,
          "user_info_modified": kinds.UserInfoModified, "user_authorization_revoke": kinds.AuthorizationRevoked}


def parsed(**fields: object) -> kinds.Message:
    return parse_message(read_xml(to_xml({**HEAD, **fields})))


def taken(**fields: object) -> Incoming:
    return Intake(frozenset({"query_points"})).incoming(parsed(**fields))


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_of_the_manual_has_its_type(name: str) -> None:
    event = parsed(MsgType="event", Event=name, EventKey="k")
    assert type(event) is EVENTS[name]
    assert event.key == f"o-1:1700000000:{name}:k"


@pytest.mark.parametrize(("kind", "made"), [
    ("text", kinds.Text), ("image", kinds.Image), ("voice", kinds.Voice), ("video", kinds.Video),
    ("shortvideo", kinds.ShortVideo), ("location", kinds.Location), ("link", kinds.Link)])
def test_every_message_of_the_manual_has_its_type(kind: str, made: type[kinds.Message]) -> None:
    message = parsed(MsgType=kind, MsgId=42)
    assert type(message) is made
    assert message.key == "o-1:42"


def test_tomorrows_types_are_recorded_without_a_turn() -> None:
    for fields in ({"MsgType": "hologram"}, {"MsgType": "event", "Event": "mind_read"}, {}):
        assert taken(**fields).turn is False
        assert taken(**fields).kind.startswith("unknown.")


@pytest.mark.parametrize(("fields", "text", "payload", "grants"), [
    ({"MsgType": "text", "MsgId": 1, "Content": "查违章"}, "查违章", None, (MESSAGE,)),
    ({"MsgType": "text", "MsgId": 1, "Content": "是", "bizmsgmenuid": "7"}, "是", None, (CLICK,)),
    ({"MsgType": "event", "Event": "CLICK", "EventKey": "query_points"}, None, "/query_points", (CLICK,)),
    ({"MsgType": "event", "Event": "CLICK", "EventKey": "restart"}, None, None, (CLICK,)),
    ({"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_window-3"}, None, "/welcome", (CLICK,)),
    ({"MsgType": "event", "Event": "SCAN", "EventKey": "window-3"}, None, "/welcome", (CLICK,)),
    ({"MsgType": "event", "Event": "unsubscribe"}, None, None, ()),
    ({"MsgType": "image", "MsgId": 1, "MediaId": "m"}, None, "/inform", (MESSAGE,)),
    ({"MsgType": "voice", "MsgId": 1, "MediaId": "m"}, None, "/voice", (MESSAGE,)),
    ({"MsgType": "voice", "MsgId": 1, "MediaId": "m", "Recognition": "查记分"}, "查记分", None, (MESSAGE,)),
    ({"MsgType": "location", "MsgId": 1, "Location_X": "28.7", "Location_Y": "121.5"}, None, "/inform", (MESSAGE,)),
])
def test_what_a_message_says_to_rasa_and_what_it_allows(
        fields: dict[str, object], text: str | None, payload: str | None, grants: tuple[Grant, ...]) -> None:
    incoming = taken(**fields)
    assert (incoming.text, incoming.payload, incoming.grants) == (text, payload, grants)


def test_a_place_and_a_scene_become_metadata() -> None:
    place = taken(MsgType="location", MsgId=1, Location_X="28.7", Location_Y="121.5", Label="杜桥大道")
    there = place.details["location"]
    assert gcj02_of((there["lat"], there["lon"])) == pytest.approx((28.7, 121.5), abs=1e-8)
    assert there["label"] == "杜桥大道"
    assert taken(MsgType="event", Event="SCAN", EventKey="window-3").details["scene"] == "window-3"


@pytest.mark.parametrize("xml", [
    "", "text", "<xml>", "<xml/>", "<a><b>1</b></a>", "<xml><A>1</A><A>2</A></xml>",
    "<!DOCTYPE x [<!ENTITY e 'e'>]><xml><A>&e;</A></xml>", "<xml>" + "<a>" * 50 + "</a>" * 50 + "</xml>",
    "<xml>" + "".join(f"<a{n}/>" for n in range(500)) + "</xml>", "<xml><A>\ud800</A></xml>"])
def test_xml_that_wechat_never_sends_is_refused(xml: str) -> None:
    with pytest.raises(BadPost):
        read_xml(xml)


TAGS = st.sampled_from([*HEAD, "MsgType", "MsgId", "Content", "Event", "EventKey", "Location_X", "ScanCodeInfo",
                        "SubscribeMsgPopupEvent", "List", "item", "Count", "Status", "PublishEventInfo"])
VALUES = st.recursive(
    st.sampled_from(["text", "event", "location", "CLICK", "nan", "inf", "-1e400", "9" * 30, "", "]]>", "\x7f"])
    | st.text(max_size=20), lambda inner: st.dictionaries(TAGS, inner, max_size=3), max_leaves=8)


@given(st.dictionaries(TAGS, VALUES, max_size=10))
@settings(max_examples=400, deadline=None)
def test_any_signed_tree_of_tags_is_a_message_or_a_refusal(tree: dict[str, object]) -> None:
    node = {**HEAD, "CreateTime": "1700000000", **tree}
    try:
        message = parse_message(node)
        incoming = Intake(frozenset()).incoming(message)
    except BadPost:
        return
    assert len(incoming.key) <= 255
    assert len(incoming.kind) <= 40


def test_two_sendings_that_end_in_one_second_are_two_events() -> None:
    def ended(number: str) -> kinds.Message:
        return parse_message({**HEAD, "MsgType": "event", "Event": "TEMPLATESENDJOBFINISH", "MsgID": number,
                              "Status": "success"})

    assert ended("1").key != ended("2").key
    assert ended("1").key == ended("1").key


def test_a_refused_publishing_names_several_articles() -> None:
    node = read_xml("<xml><PublishEventInfo><publish_id>9</publish_id><publish_status>2</publish_status>"
                    "<fail_idx>1</fail_idx><fail_idx>2</fail_idx></PublishEventInfo></xml>")
    found = parse_message({**HEAD, "MsgType": "event", "Event": "PUBLISHJOBFINISH", **node})
    assert isinstance(found, kinds.Published)
    assert (found.publish_id, found.status) == ("9", "2")
