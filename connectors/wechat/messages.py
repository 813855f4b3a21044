"""Everything WeChat posts, as typed objects. Each class names the official type; fields are WeChat's in snake case."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import Any, ClassVar, Mapping

from connectors.wechat.errors import BadPost


@dataclasses.dataclass(frozen=True)
class Message:
    """What all posts have: ToUserName, FromUserName (openid), CreateTime (Unix seconds), MsgId ("" on events)."""

    TYPE: ClassVar[str] = ""
    account: str
    openid: str
    created: int
    number: str

    @property
    def kind(self) -> str:
        """The official type, for records and metadata."""
        return self.TYPE

    @property
    def key(self) -> str:
        """What makes it one message: openid and MsgId (MsgId alone has been seen twice)."""
        return f"{self.openid}:{self.number}"


@dataclasses.dataclass(frozen=True)
class Text(Message):
    """`text`: Content, and bizmsgmenuid when an item of a msgmenu was tapped."""

    TYPE = "text"
    content: str
    menu_choice: str


@dataclasses.dataclass(frozen=True)
class Image(Message):
    """`image`: MediaId; PicUrl is never fetched."""

    TYPE = "image"
    media: str


@dataclasses.dataclass(frozen=True)
class Voice(Message):
    """`voice`: MediaId, Format, and Recognition, which WeChat no longer sends to most accounts."""

    TYPE = "voice"
    media: str
    format: str
    recognition: str


@dataclasses.dataclass(frozen=True)
class Video(Message):
    """`video`: MediaId, ThumbMediaId."""

    TYPE = "video"
    media: str
    thumb: str


@dataclasses.dataclass(frozen=True)
class ShortVideo(Video):
    """`shortvideo`: a video taken inside WeChat."""

    TYPE = "shortvideo"


@dataclasses.dataclass(frozen=True)
class Location(Message):
    """`location`: Location_X (latitude), Location_Y (longitude), Scale, Label."""

    TYPE = "location"
    latitude: float
    longitude: float
    scale: int
    label: str


@dataclasses.dataclass(frozen=True)
class Link(Message):
    """`link`: Title, Description, Url."""

    TYPE = "link"
    title: str
    description: str
    url: str


@dataclasses.dataclass(frozen=True)
class Event(Message):
    """`event`: Event, EventKey. Has no MsgId; two of one second differ in Event and EventKey."""

    event: str
    event_key: str

    @property
    def kind(self) -> str:
        """`event.` and WeChat's name of it in small letters."""
        return f"event.{self.event.lower()}"[:40]

    @property
    def key(self) -> str:
        """openid, CreateTime, Event and EventKey."""
        return short(f"{self.openid}:{self.created}:{self.event}:{self.event_key}")


@dataclasses.dataclass(frozen=True)
class Subscribe(Event):
    """`subscribe`: followed, by a QR code when EventKey is `qrscene_…`."""

    TYPE = "subscribe"

    @property
    def scene(self) -> str:
        """The scene of the QR code, "" without one."""
        return self.event_key[len("qrscene_"):] if self.event_key.startswith("qrscene_") else ""


@dataclasses.dataclass(frozen=True)
class Unsubscribe(Event):
    """`unsubscribe`: no longer follows."""

    TYPE = "unsubscribe"


@dataclasses.dataclass(frozen=True)
class Scan(Event):
    """`SCAN`: a follower scanned a QR code; EventKey is its scene."""

    TYPE = "scan"

    @property
    def scene(self) -> str:
        """The scene of the QR code."""
        return self.event_key


@dataclasses.dataclass(frozen=True)
class Click(Event):
    """`CLICK`: a menu key of type click; EventKey is the key's name."""

    TYPE = "click"


@dataclasses.dataclass(frozen=True)
class View(Event):
    """`VIEW`: a menu key that opened a page; EventKey is its address."""

    TYPE = "view"


@dataclasses.dataclass(frozen=True)
class ViewMiniProgram(Event):
    """`view_miniprogram`: a menu key that opened a mini program."""

    TYPE = "view_miniprogram"


@dataclasses.dataclass(frozen=True)
class Position(Event):
    """`LOCATION`: where the phone is, reported by itself: Latitude, Longitude, Precision (metres)."""

    TYPE = "location"
    latitude: float
    longitude: float
    precision: float


@dataclasses.dataclass(frozen=True)
class ScanCodePush(Event):
    """`scancode_push`: ScanResult of a menu key that scans and opens."""

    TYPE = "scancode_push"
    result: str


@dataclasses.dataclass(frozen=True)
class ScanCodeWait(ScanCodePush):
    """`scancode_waitmsg`: ScanResult of a menu key that scans and waits for an answer."""

    TYPE = "scancode_waitmsg"


@dataclasses.dataclass(frozen=True)
class Pictures(Event):
    """`pic_sysphoto`, `pic_photo_or_album`, `pic_weixin`: Count pictures follow as messages."""

    TYPE = "pic_sysphoto"
    count: int


@dataclasses.dataclass(frozen=True)
class LocationSelect(Event):
    """`location_select`: a place picked from a menu key: Location_X, Location_Y, Label, Poiname."""

    TYPE = "location_select"
    latitude: float
    longitude: float
    label: str
    poi: str


@dataclasses.dataclass(frozen=True)
class TemplateSent(Event):
    """`TEMPLATESENDJOBFINISH`: MsgID and Status of a template message."""

    TYPE = "templatesendjobfinish"
    job: str
    status: str

    @property
    def key(self) -> str:
        """With MsgID: two sendings to one follower may end in the same second."""
        return with_number(super().key, self.job)


@dataclasses.dataclass(frozen=True)
class MassSent(TemplateSent):
    """`MASSSENDJOBFINISH`: also TotalCount, FilterCount, SentCount, ErrorCount."""

    TYPE = "masssendjobfinish"
    total: int
    filtered: int
    sent: int
    errors: int


@dataclasses.dataclass(frozen=True)
class Published(Event):
    """`PUBLISHJOBFINISH`: publish_id and publish_status of an article."""

    TYPE = "publishjobfinish"
    publish_id: str
    status: str

    @property
    def key(self) -> str:
        """With publish_id, for WeChat's helper posts them all."""
        return with_number(super().key, self.publish_id)


@dataclasses.dataclass(frozen=True)
class DeskSession(Event):
    """`kf_create_session`, `kf_close_session`, `kf_switch_session`: KfAccount (or ToKfAccount) of WeChat's own desk."""

    TYPE = "kf_create_session"
    desk_account: str
    to_desk_account: str


@dataclasses.dataclass(frozen=True)
class NoticeConsents(Event):
    """`subscribe_msg_popup_event`, `subscribe_msg_change_event`, `subscribe_msg_sent_event`: a list, kept as posted."""

    TYPE = "subscribe_msg_popup_event"
    consents: tuple[Mapping[str, str], ...]

    @property
    def key(self) -> str:
        """With what was chosen or sent: two notices may end in the same second."""
        named = ",".join(f"{each.get('TemplateId', '')}={each.get('MsgID', '')}{each.get('SubscribeStatusString', '')}"
                         for each in self.consents)
        return with_number(super().key, named)


@dataclasses.dataclass(frozen=True)
class UserInfoModified(Event):
    """`user_info_modified`: what the user had allowed us to know changed."""

    TYPE = "user_info_modified"
    revoke_info: str


@dataclasses.dataclass(frozen=True)
class AuthorizationRevoked(UserInfoModified):
    """`user_authorization_revoke`: the user took the permission back; what we know is erased."""

    TYPE = "user_authorization_revoke"


@dataclasses.dataclass(frozen=True)
class Unknown(Message):
    """Any type or event of tomorrow: recorded, answered `success`."""

    name: str

    @property
    def kind(self) -> str:
        """`unknown.` and the type as WeChat called it."""
        return f"unknown.{self.name}"[:40]

    @property
    def key(self) -> str:
        """As for messages; by the second where there is no MsgId."""
        return short(f"{self.openid}:{self.number or self.created}:{self.name}")


def with_number(key: str, number: str) -> str:
    """The key of an event that names a sending of its own."""
    return short(f"{key}:{number}") if number else key


def short(key: str) -> str:
    """The key, its end replaced by a digest when it is too long for the inbox (a VIEW's address is)."""
    return key if len(key) <= 255 else f"{key[:190]}:{hashlib.sha256(key.encode()).hexdigest()}"


def common_fields(node: Mapping[str, Any]) -> dict[str, Any]:
    """account, openid, created, number of a post. Raises BadPost when one that all posts have is missing."""
    try:
        fields = {"account": node["ToUserName"], "openid": node["FromUserName"], "created": int(node["CreateTime"]),
                  "number": node.get("MsgId", "")}
    except (KeyError, TypeError, ValueError):
        raise BadPost("ToUserName, FromUserName or CreateTime is missing or wrong") from None
    if not all(isinstance(fields[name], str) for name in ("account", "openid", "number")):
        raise BadPost("ToUserName, FromUserName or MsgId is not text")
    return fields
