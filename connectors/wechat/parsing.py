"""Posts to typed objects, by two tables: one for message types, one for events."""

from __future__ import annotations

import math
import re
from typing import Any, Callable, Mapping

from connectors.wechat import messages as kinds
from connectors.wechat.errors import BadPost
from connectors.wechat.messages import Message, Unknown, common_fields

MESSAGE_NUMBER = re.compile(r"[0-9]{1,20}")  # 64 bits
Node = Mapping[str, Any]


def parse_message(node: Node) -> Message:
    """The typed object of one post. Raises BadPost only where the fields are missing that every post has."""
    common = common_fields(node)
    kind = text(node, "MsgType").lower()
    if kind == "event":
        return _event(node, common)
    if kind in MESSAGES:
        if not MESSAGE_NUMBER.fullmatch(common["number"]):
            raise BadPost("MsgId is missing")
        return MESSAGES[kind](node, common)
    return Unknown(**common, name=kind)


def _event(node: Node, common: dict[str, Any]) -> Message:
    name = text(node, "Event")
    common.update(event=name, event_key=text(node, "EventKey"))
    if name.lower() in EVENTS:
        return EVENTS[name.lower()](node, common)
    return Unknown(**{k: common[k] for k in ("account", "openid", "created", "number")}, name=name)


def text(node: Node, tag: str) -> str:
    """The tag's text, "" when it is missing or holds other tags."""
    value = node.get(tag, "")
    return value if isinstance(value, str) else ""


def number(node: Node, tag: str) -> float:
    """The tag's number, 0 when it is missing, no number or not finite."""
    try:
        value = float(text(node, tag))
    except ValueError:
        return 0.0
    return value if math.isfinite(value) else 0.0


def count(node: Node, tag: str) -> int:
    """The tag's whole number, 0 when it has none."""
    return int(number(node, tag))


def _inner(node: Node, *tags: str) -> Node:
    for tag in tags:
        inner = node.get(tag)
        node = inner if isinstance(inner, dict) else {}
    return node


def _items(node: Node, *tags: str) -> tuple[Mapping[str, str], ...]:
    found = _inner(node, *tags).get("List", [])
    found = found if isinstance(found, list) else [found]
    return tuple({k: v for k, v in one.items() if isinstance(v, str)} for one in found if isinstance(one, dict))


def _consents(node: Node, common: dict[str, Any]) -> Message:
    parts = ("SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent", "SubscribeMsgSentEvent")
    return kinds.NoticeConsents(**common, consents=sum((_items(node, part) for part in parts), ()))


def _place(node: Node) -> dict[str, Any]:
    return {"latitude": number(node, "Location_X"), "longitude": number(node, "Location_Y"),
            "label": text(node, "Label")}


def _job(node: Node) -> dict[str, Any]:
    return {"job": text(node, "MsgID") or text(node, "MsgId"), "status": text(node, "Status")}


def _scanned(node: Node) -> dict[str, Any]:
    return {"result": text(_inner(node, "ScanCodeInfo"), "ScanResult")}


def _bare(kind: Callable[..., Message]) -> Callable[[Node, dict[str, Any]], Message]:
    return lambda node, common: kind(**common)


def _pictures(node: Node, common: dict[str, Any]) -> Message:
    return kinds.Pictures(**common, count=count(_inner(node, "SendPicsInfo"), "Count"))


def _desk(node: Node, common: dict[str, Any]) -> Message:
    account = text(node, "KfAccount") or text(node, "FromKfAccount")
    return kinds.DeskSession(**common, desk_account=account, to_desk_account=text(node, "ToKfAccount"))


MESSAGES: dict[str, Callable[[Node, dict[str, Any]], Message]] = {
    "text": lambda n, c: kinds.Text(**c, content=text(n, "Content"), menu_choice=text(n, "bizmsgmenuid")),
    "image": lambda n, c: kinds.Image(**c, media=text(n, "MediaId")),
    "voice": lambda n, c: kinds.Voice(**c, media=text(n, "MediaId"), format=text(n, "Format"),
                                      recognition=text(n, "Recognition")),
    "video": lambda n, c: kinds.Video(**c, media=text(n, "MediaId"), thumb=text(n, "ThumbMediaId")),
    "shortvideo": lambda n, c: kinds.ShortVideo(**c, media=text(n, "MediaId"), thumb=text(n, "ThumbMediaId")),
    "location": lambda n, c: kinds.Location(**c, scale=count(n, "Scale"), **_place(n)),
    "link": lambda n, c: kinds.Link(**c, title=text(n, "Title"), description=text(n, "Description"),
                                    url=text(n, "Url")),
}

EVENTS: dict[str, Callable[[Node, dict[str, Any]], Message]] = {
    "subscribe": _bare(kinds.Subscribe), "unsubscribe": _bare(kinds.Unsubscribe), "scan": _bare(kinds.Scan),
    "click": _bare(kinds.Click), "view": _bare(kinds.View), "view_miniprogram": _bare(kinds.ViewMiniProgram),
    "location": lambda n, c: kinds.Position(**c, latitude=number(n, "Latitude"), longitude=number(n, "Longitude"),
                                            precision=number(n, "Precision")),
    "scancode_push": lambda n, c: kinds.ScanCodePush(**c, **_scanned(n)),
    "scancode_waitmsg": lambda n, c: kinds.ScanCodeWait(**c, **_scanned(n)),
    "pic_sysphoto": _pictures, "pic_photo_or_album": _pictures, "pic_weixin": _pictures,
    "location_select": lambda n, c: kinds.LocationSelect(**c, **_place(_inner(n, "SendLocationInfo")),
                                                         poi=text(_inner(n, "SendLocationInfo"), "Poiname")),
    "templatesendjobfinish": lambda n, c: kinds.TemplateSent(**c, **_job(n)),
    "masssendjobfinish": lambda n, c: kinds.MassSent(
        **c, **_job(n), total=count(n, "TotalCount"), filtered=count(n, "FilterCount"), sent=count(n, "SentCount"),
        errors=count(n, "ErrorCount")),
    "publishjobfinish": lambda n, c: kinds.Published(
        **c, publish_id=text(_inner(n, "PublishEventInfo"), "publish_id"),
        status=text(_inner(n, "PublishEventInfo"), "publish_status")),
    "kf_create_session": _desk, "kf_close_session": _desk, "kf_switch_session": _desk,
    "subscribe_msg_popup_event": _consents, "subscribe_msg_change_event": _consents,
    "subscribe_msg_sent_event": _consents,
    "user_info_modified": lambda n, c: kinds.UserInfoModified(**c, revoke_info=text(n, "RevokeInfo")),
    "user_authorization_revoke": lambda n, c: kinds.AuthorizationRevoked(**c, revoke_info=text(n, "RevokeInfo")),
}
