"""Fills the sentences of `data/`: the station's words, lists line by line, the menu; withholds expired answers."""

from __future__ import annotations

import dataclasses
import datetime
import logging
import re
from typing import Any, Dict, List, Mapping, Optional

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.settings import Settings, Station, load_settings, load_station
from traffic.page_links import new_address

logger = logging.getLogger(__name__)
UNDER_REVIEW = "utter_answer_under_review"
CHANNELS_WITH_PAGES = frozenset({"wechat"})
NOWHERE = "\0"  # stands for an address that there is none of
DEAD_LINK = re.compile(f'<a href="{NOWHERE}[^"]*">(.*?)</a>')
PAGES = {"home": "", "vehicles": "vehicles", "licenses": "licenses", "violations": "violations", "points": "points",
         "appointments": "appointments", "calendar": "appointments/new", "tickets": "tickets", "privacy": "privacy",
         "accident": "accident"}
PUBLIC_PAGES = {"roads": "/h5/roads", "articles": "/h5/articles", "public": ""}


@dataclasses.dataclass(frozen=True)
class Address:
    """Where a page is; made only when a sentence has it, for most have none."""

    settings: Optional[Settings]
    subscriber: str
    page: str
    public: bool

    def __format__(self, how: str) -> str:
        """The address, NOWHERE without settings."""
        if self.settings is None:
            return NOWHERE
        if self.public:
            return self.settings.pages_address + self.page
        return new_address(self.subscriber, self.page, settings=self.settings)


class Replies(TemplatedNaturalLanguageGenerator):
    """Rasa's own generator, and four things more, so that every word a driver reads can be written in `data/`:

    `{violation_window}` and the like come from `station.yml`; `lines`, a list of {"say": response, fields…}, becomes
    the text `{lines}`, one response a line; a button titled with a response's name gets that response's text; and of
    `utter_x` and `utter_x_in_form` the second is said while a form is open. `metadata: {buttons: menu}` of a response
    puts the account's menu below it, except in a form. `{page_violations}` in a link is the address of that page for
    this driver alone, once, for ten minutes; where a channel has no pages, a line that is such a link is left out and
    a link within a line becomes plain words.
    """

    def __init__(self, domain: Domain, endpoint_config: Optional[EndpointConfig] = None,
                 station: Optional[Station] = None, settings: Optional[Settings] = None) -> None:
        super().__init__(domain.responses)
        self.station = station or load_station()
        self._settings = settings

    async def generate(self, utter_action: str, tracker: DialogueStateTracker, output_channel: str,
                       **kwargs: Any) -> Optional[Dict[str, Any]]:
        """The response `utter_action` with all its places filled; None when there is no such response."""
        in_form = bool(tracker.active_loop_name)
        name = f"{utter_action}_in_form" if in_form and f"{utter_action}_in_form" in self.responses else utter_action
        slots = tracker.current_slot_values()
        values = self._values(slots, output_channel, {**self._addresses(tracker.sender_id, output_channel), **kwargs})
        self._title(kwargs.get("buttons") or [], slots, output_channel, values)
        reply = self.generate_from_slots(self._in_force(name), slots, output_channel, **values)
        if reply and reply.get("text"):
            reply["text"] = without_dead_links(reply["text"])
        if reply and not in_form and (reply.get("metadata") or {}).get("buttons") == "menu":
            reply["buttons"] = menu_buttons(self.station)
        return reply

    def _addresses(self, subscriber: str, channel: str) -> Dict[str, Address]:
        settings = self._settings or load_settings() if channel in CHANNELS_WITH_PAGES else None
        settings = settings if settings and settings.pages_address else None
        return {f"page_{name}": Address(settings, subscriber, page, name in PUBLIC_PAGES)
                for name, page in {**PAGES, **PUBLIC_PAGES}.items()}

    def _values(self, slots: Dict[str, Any], channel: str, kwargs: Mapping[str, Any]) -> Dict[str, Any]:
        values = {**self.station.words(), **{k: v for k, v in kwargs.items() if k not in ("lines", "buttons")}}
        if "lines" in kwargs:
            values["lines"] = "\n".join(self._line(line, slots, channel, values) for line in kwargs["lines"])
        return values

    def _line(self, line: Mapping[str, Any], slots: Dict[str, Any], channel: str, values: Dict[str, Any]) -> str:
        fields = {**values, **{k: v for k, v in line.items() if k != "say"}}
        reply = self.generate_from_slots(line["say"], slots, channel, **fields)
        return str((reply or {}).get("text") or "")

    def _title(self, buttons: List[Dict[str, Any]], slots: Dict[str, Any], channel: str,
               values: Dict[str, Any]) -> None:
        # in place: Rasa appends this very list to the reply after we return (rasa/core/actions/action.py)
        for button in buttons:
            if button["title"] in self.responses:
                button["title"] = self._line({**button, "say": button["title"]}, slots, channel, values)

    def _in_force(self, name: str) -> str:
        """The response's name, or the polite refusal when its review date has passed."""
        variants = self.responses.get(name) or [{}]
        review = str((variants[0].get("metadata") or {}).get("review") or "9999-12-31")
        if review >= datetime.date.today().isoformat():
            return name
        logger.warning("answer withheld, its review was due: %s (%s)", name, review)
        return UNDER_REVIEW


def menu_buttons(station: Station) -> List[Dict[str, str]]:
    """The account's menu as buttons, numbered by the channel as the keys of the menu are."""
    keys = (key for column in station.menu for key in column.keys)
    return [{"title": key.name, "payload": f"/{key.say}"} for key in keys]


def without_dead_links(text: str) -> str:
    """The text where nothing links to nowhere: lines that only do so are gone, elsewhere the words stay."""
    if NOWHERE not in text:
        return text
    lines = [line for line in text.split("\n") if not DEAD_LINK.fullmatch(line.strip())]
    return "\n".join(DEAD_LINK.sub(r"\1", line) for line in lines)
