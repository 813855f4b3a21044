"""What WeChat posts to an account: messages and events as XML, and their signed, encrypted envelope."""

from __future__ import annotations

import itertools
import secrets
import time
from typing import Any, Dict, List, Mapping, Optional, Tuple
from urllib.parse import urlencode

from web.phone.account import OfficialAccount
from web.phone.ciphers import encrypt, signature

Fields = Dict[str, Any]
Place = Tuple[float, float, str]  # latitude, longitude, label
# Events after which the driver sees nothing when the account is out of order.
SILENT = {"VIEW", "view_miniprogram", "scancode_push", "pic_sysphoto", "pic_photo_or_album", "pic_weixin",
          "location_select"}
_message_numbers = itertools.count(1)


def text_message(content: str, menu_id: Optional[str] = None) -> Fields:
    """A text; `menu_id` when the driver tapped a choice of a msgmenu."""
    fields = {"MsgType": "text", "Content": content, "MsgId": _message_id()}
    return {**fields, "bizmsgmenuid": menu_id} if menu_id else fields


def image_message(media_id: str, picture_url: str) -> Fields:
    """A picture; the account fetches it by its media id."""
    return {"MsgType": "image", "PicUrl": picture_url, "MediaId": media_id, "MsgId": _message_id()}


def location_message(latitude: float, longitude: float, label: str, scale: int = 15) -> Fields:
    """A location in degrees (GCJ-02); Location_X is the latitude."""
    return {"MsgType": "location", "Location_X": f"{latitude:.6f}", "Location_Y": f"{longitude:.6f}",
            "Scale": scale, "Label": label, "MsgId": _message_id()}


def event(name: str, key: Optional[str] = None, **more: Any) -> Fields:
    """An event such as subscribe, SCAN, CLICK; `key` is its EventKey."""
    fields: Fields = {"MsgType": "event", "Event": name}
    return {**fields, **({} if key is None else {"EventKey": key}), **more}


def menu_event(button: Mapping[str, Any], scanned: str = "", place: Optional[Place] = None) -> Fields:
    """The event of a key of the menu: CLICK, VIEW, view_miniprogram, or one named as the key's type."""
    kind = button["type"]
    if kind == "view":
        return event("VIEW", button["url"], MenuId=1)
    if kind == "miniprogram":
        return event("view_miniprogram", button.get("pagepath", ""), MenuId=1)
    if kind.startswith("scancode"):
        return event(kind, button["key"], ScanCodeInfo={"ScanType": "qrcode", "ScanResult": scanned})
    if kind.startswith("pic"):
        return event(kind, button["key"], SendPicsInfo={"Count": 1, "PicList": [{"PicMd5Sum": secrets.token_hex(16)}]})
    if kind == "location_select":
        return event(kind, button["key"], SendLocationInfo=_location_info(*(place or (0.0, 0.0, ""))))
    return event("CLICK", button["key"])


def consent_event(name: str, *chosen: Mapping[str, Any]) -> Fields:
    """`subscribe_msg_popup_event`, `…_change_event`, `…_sent_event`: a list of what was chosen or sent."""
    inside = "".join(part.title() for part in name.split("_"))  # SubscribeMsgPopupEvent
    return {**event(name), inside: Repeated([{"List": dict(one)} for one in chosen])}


class Repeated(List[Mapping[str, Any]]):
    """Mappings written one after the other, without an <item> around each."""


def _location_info(latitude: float, longitude: float, label: str) -> Fields:
    return {"Location_X": f"{latitude:.6f}", "Location_Y": f"{longitude:.6f}", "Scale": "15", "Label": label,
            "Poiname": ""}


def addressed(fields: Mapping[str, Any], openid: str, original_id: str, now: float) -> Fields:
    """`fields` from this driver to this account, sent now."""
    return {"ToUserName": original_id, "FromUserName": openid, "CreateTime": int(now), **fields}


def to_xml(fields: Mapping[str, Any]) -> str:
    """WeChat's XML: texts in CDATA, numbers bare, mappings nested, lists as repeated <item>."""
    return f"<xml>{_inner(fields)}</xml>"


def envelope(account: OfficialAccount, xml: str, openid: str, now: float) -> tuple[str, str]:
    """(query string, body) of one signed, encrypted post of `xml`."""
    return sealed(account, encrypt(account.encoding_aes_key, xml.encode(), account.app_id), openid, now)


def sealed(account: OfficialAccount, encrypted: str, openid: str, now: float) -> tuple[str, str]:
    """(query string, body) around what is encrypted already, rightly signed."""
    query = {**signed_query(account, now), "openid": openid, "encrypt_type": "aes"}
    query["msg_signature"] = signature(account.token, query["timestamp"], query["nonce"], encrypted)
    return urlencode(query), to_xml({"ToUserName": account.original_id, "Encrypt": encrypted})


def signed_query(account: OfficialAccount, now: float) -> Dict[str, str]:
    """signature, timestamp and nonce as every request of WeChat carries them."""
    timestamp, nonce = str(int(now)), str(secrets.randbelow(10**9) + 10**9)
    return {"signature": signature(account.token, timestamp, nonce), "timestamp": timestamp, "nonce": nonce}


def _message_id() -> int:
    # 64 bit, growing, and different after a restart, as the real ones are.
    return (int(time.time() * 1000) << 20 | next(_message_numbers) & 0xFFFFF) + (1 << 61)


def _inner(fields: Mapping[str, Any]) -> str:
    return "".join(f"<{name}>{_value(value)}</{name}>" for name, value in fields.items())


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return _inner(value)
    if isinstance(value, Repeated):
        return "".join(_inner(each) for each in value)
    if isinstance(value, list):
        return "".join(f"<item>{_value(item)}</item>" for item in value)
    if isinstance(value, (int, float)):
        return str(value)
    return "<![CDATA[" + str(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
