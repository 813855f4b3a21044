"""One's own data (我的资料): seeing what is kept, having it deleted, and the consent given by following."""

from __future__ import annotations

import datetime
import re
from typing import Any, Callable, Container, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.presentation import day, local, mask_plate
from actions.turn import Turn
from bot.settings import load_station
from traffic.privacy import data_of, forget
from traffic.subscribers import consent, follow, has_consented
from traffic.weekdays import EVERY_DAY, name_of

EXPORT, DELETE, FORGET = "export", "delete", "forget"
WISH = "privacy_wish"
DELETES = re.compile(r"删|清(?:空|除|理|掉|零|一下|了|干净)|抹|去掉|注销|销户|撤[回销]|收回|不同意|取消|忘了我|解除|"
                     r"[别不](?:要|想|用|能)?(?:再)?(?:被你们)?(?:存|留|保存|记录)")
EXPORTS = re.compile(r"导|下载|副本|复制|清单|列|打印|带走|哪些|什么|啥|多少|看|查|发(?:我|给)|要一份|有没有|"
                     r"(?:存|留|保存|记录|收集)(?:了|着|过|下)")
WORDING = "2026-11"
"""Which wording of the notice in `utter_welcome` was agreed to; to be changed with the words."""
SHOWN = 8


class ActionWelcome(Action):
    """Greets a new follower and records what following means: that the notice was shown.

    Whose follow never reached us (`missed`: when the first message did, ISO) hears the notice with the first answer,
    in a line; who consented before that, long ago, hears nothing.
    """

    def name(self) -> str:
        """Rasa's name."""
        return "action_welcome"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Records it, then says it."""
        metadata = Turn.of(tracker).metadata
        scene, missed = metadata.get("scene") or None, metadata.get("missed")
        if missed and await records.look_up(_consented_before, tracker.sender_id, str(missed)):
            return []
        await records.change(_followed, tracker.sender_id, scene)
        if missed:
            dispatcher.utter_message(response="utter_late_welcome")
            return []
        dispatcher.utter_message(**welcome_of(str(scene or ""), domain.get("responses") or {}))
        return []


def welcome_of(scene: str, responses: Container[str]) -> Dict[str, str]:
    """The greeting of the window whose QR code was scanned; the general one elsewhere."""
    window = load_station().windows.get(scene)
    own = next((name for name in (f"utter_welcome_{scene}", "utter_welcome_window") if name in responses), None)
    return {"response": own, "window": window.name} if window and own else {"response": "utter_welcome"}


def _consented_before(session: Session, subscriber: str, moment: str) -> bool:
    """Not: since then, for a turn that is tried again says what its first try said."""
    return has_consented(session, subscriber, "privacy", WORDING, datetime.datetime.fromisoformat(moment))


def _followed(session: Session, subscriber: str, scene: str | None) -> None:
    now = records.now()
    follow(session, subscriber, scene=str(scene)[:64] if scene else None, now=now)
    consent(session, subscriber, "privacy", WORDING, now=now)


class ActionManagePrivacy(Action):
    """Shows what is kept, or asks whether all of it shall really go, and then deletes it."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_manage_privacy"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says or does it."""
        wish = wish_of(Turn.of(tracker))
        if wish == EXPORT:
            await tell_data(dispatcher, tracker.sender_id)
        elif wish == FORGET:
            await forget_all(dispatcher, tracker.sender_id)
        elif wish == DELETE:
            dispatcher.utter_message(response="utter_ask_forget", buttons=[
                {"title": "utter_title_forget", "payload": f'/manage_privacy{{"{WISH}": "{FORGET}"}}'},
                {"title": "utter_title_export", "payload": f'/manage_privacy{{"{WISH}": "{EXPORT}"}}'},
                {"title": "utter_title_keep_data", "payload": "/deny"}])
        else:
            dispatcher.utter_message(response="utter_ask_privacy_wish", buttons=[
                {"title": "utter_title_export", "payload": f'/manage_privacy{{"{WISH}": "{EXPORT}"}}'},
                {"title": "utter_title_delete", "payload": f'/manage_privacy{{"{WISH}": "{DELETE}"}}'}])
        return []


def wish_of(turn: Turn) -> str | None:
    """What is wanted; forgetting only by the button that says so, never by words alone."""
    picked = turn.value(WISH)
    if picked in (EXPORT, DELETE, FORGET) and not turn.text:
        return str(picked)
    if DELETES.search(turn.text):
        return DELETE
    return EXPORT if EXPORTS.search(turn.text) else None


async def forget_all(dispatcher: CollectingDispatcher, subscriber: str) -> None:
    """Deletes what is kept; `forget` tells the post room and the conversation to do the same."""
    await records.change(forget, subscriber, now=records.now())
    dispatcher.utter_message(response="utter_forgotten")
    dispatcher.utter_message(json_message={"forget": {}})


async def tell_data(dispatcher: CollectingDispatcher, subscriber: str) -> None:
    """Says all that is kept, noun by noun; numbers are masked."""
    data = await records.look_up(data_of, subscriber)
    lines = [line for noun, rows in data.items() for line in _lines(noun, rows)]
    dispatcher.utter_message(response="utter_data" if lines else "utter_no_data", lines=lines, buttons=[
        {"title": "utter_title_delete", "payload": f'/manage_privacy{{"{WISH}": "{DELETE}"}}'}] if lines else [])


def _lines(noun: str, rows: List[Dict[str, Any]]) -> List[Dict[str, Any]]:
    if not rows:
        return []
    if noun in LISTED:
        return [LISTED[noun](row) for row in rows]
    parts = [_part(noun, row) for row in rows[:SHOWN]]
    more = [{"say": "utter_data_more", "more": len(rows) - SHOWN}] if len(rows) > SHOWN else []
    return [{"say": f"utter_data_{noun}", "count": len(rows), "what": "、".join(p for p in parts if p)}, *more]


def _part(noun: str, row: Dict[str, Any]) -> str:
    if noun == "vehicles":
        return mask_plate(str(row["plate"]))
    if noun == "consents":
        return day(local(datetime.datetime.fromisoformat(row["given"])).date())
    return str(row.get("license_number") or row.get("number") or "")


def _subscription(row: Dict[str, Any]) -> Dict[str, Any]:
    how = "daily" if row["daily_at"] else "closures" if row["only_closures"] else "any"
    days = "" if how != "daily" and row["days"] == name_of(EVERY_DAY) else row["days"]
    return {"say": f"utter_listed_{how}_{'road' if row['road'] else 'all'}", "name": row["road"] or "",
            "at": row["daily_at"] or "", "days": days}


def _wish(row: Dict[str, Any]) -> Dict[str, Any]:
    if row["kind"] == "quiet":
        begins, ends = row["what"].split("-")
        return {"say": "utter_listed_quiet", "begins": begins, "ends": ends}
    return {"say": f"utter_listed_{'off' if row['kind'] == 'reminder_off' else 'tag'}_{row['what']}"}


LISTED: Dict[str, Callable[[Dict[str, Any]], Dict[str, Any]]] = {"road_subscriptions": _subscription, "wishes": _wish}
