"""A typed message of WeChat as the post room and Rasa know it: words, a payload from the fixed table, metadata."""

from __future__ import annotations

import dataclasses
from typing import Any, Callable, Mapping

from connectors.wechat import messages as kinds
from connectors.wechat.coordinates import wgs84_of
from connectors.wechat.messages import Message
from messages.inbox import Incoming
from messages.preview_words import preview_code
from messages.quotas import Grant

CHANNEL = "wechat"
AFTER_MESSAGE = Grant("message", 5, 48 * 3600)  # customer-service messages since June 2023
AFTER_CLICK = Grant("click", 3, 60)  # a menu key, a follow, a scan, a tap on a msgmenu item
KEPT = {"message": 1}  # the last of the five is for an officer or a result
CLICK_KINDS = (kinds.Click, kinds.Subscribe, kinds.Scan, kinds.View, kinds.ScanCodePush, kinds.Pictures,
               kinds.LocationSelect)


@dataclasses.dataclass(frozen=True)
class Meaning:
    """What a message is for Rasa; with `turn` False nothing."""

    text: str | None = None
    payload: str | None = None
    tap: str | None = None
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    turn: bool = True


RECORDED = Meaning(turn=False)


class Intake:
    """Knows the account's menu keys, the only payloads that an event may choose."""

    def __init__(self, menu_intents: frozenset[str]) -> None:
        self._menu_intents = menu_intents

    def incoming(self, message: Message) -> Incoming:
        """The message for the post room, with the allowances that it opens."""
        meaning = self.meaning(message)
        details = {"created": message.created, **meaning.details}
        return Incoming(CHANNEL, message.openid, message.key, message.kind, meaning.text, meaning.payload,
                        meaning.tap or None, details, meaning.turn, grants_of(message))

    def meaning(self, message: Message) -> Meaning:
        """What the message says to Rasa."""
        if isinstance(message, kinds.Click):
            return self._click(message)
        for kind, read in MEANINGS.items():
            if isinstance(message, kind):
                return read(message)
        return RECORDED

    def _click(self, click: kinds.Click) -> Meaning:
        return Meaning(payload=f"/{click.event_key}") if click.event_key in self._menu_intents else RECORDED


def grants_of(message: Message) -> tuple[Grant, ...]:
    """The allowances that WeChat opens for this message."""
    if isinstance(message, kinds.Event):
        return (AFTER_CLICK,) if isinstance(message, CLICK_KINDS) else ()
    if isinstance(message, kinds.Text) and message.menu_choice:
        return (AFTER_CLICK,)
    return () if isinstance(message, kinds.Unknown) else (AFTER_MESSAGE,)


def _words(text: kinds.Text) -> Meaning:
    """An officer who shows their phone talks to the desk, not to the bot."""
    return Meaning(text=text.content, tap=text.menu_choice, turn=not preview_code(text.content))


def _voice(voice: kinds.Voice) -> Meaning:
    heard = {"voice": voice.media}
    return Meaning(text=voice.recognition, details=heard) if voice.recognition else Meaning(payload="/voice",
                                                                                           details=heard)


def _place(latitude: float, longitude: float, label: str) -> Meaning:
    north, east = wgs84_of((latitude, longitude))
    return Meaning(payload="/inform", details={"location": {"lat": north, "lon": east, "label": label}})


MEANINGS: dict[type[Message], Callable[[Any], Meaning]] = {
    kinds.Text: _words,
    kinds.Image: lambda m: Meaning(payload="/inform", details={"image": m.media}),
    kinds.Voice: _voice,
    kinds.Video: lambda m: Meaning(payload="/inform", details={"video": m.media}),
    kinds.Location: lambda m: _place(m.latitude, m.longitude, m.label),
    kinds.LocationSelect: lambda m: _place(m.latitude, m.longitude, m.label or m.poi),
    kinds.Link: lambda m: Meaning(text=m.title),
    kinds.Subscribe: lambda m: Meaning(payload="/welcome", details={"scene": m.scene}),
    kinds.Scan: lambda m: Meaning(payload="/welcome", details={"scene": m.scene}),
    kinds.ScanCodeWait: lambda m: Meaning(text=m.result),
}
