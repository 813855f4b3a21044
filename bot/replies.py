"""Fills the sentences of `data/`: the station's words, lists line by line, the menu; withholds expired answers."""

from __future__ import annotations

import datetime
import logging
from typing import Any, Dict, List, Mapping, Optional

from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot.settings import Station, load_station

logger = logging.getLogger(__name__)
UNDER_REVIEW = "utter_answer_under_review"


class Replies(TemplatedNaturalLanguageGenerator):
    """Rasa's own generator, and four things more, so that every word a driver reads can be written in `data/`:

    `{violation_window}` and the like come from `station.yml`; `lines`, a list of {"say": response, fields…}, becomes
    the text `{lines}`, one response a line; a button titled with a response's name gets that response's text; and of
    `utter_x` and `utter_x_in_form` the second is said while a form is open. `metadata: {buttons: menu}` of a response
    puts the account's menu below it, except in a form.
    """

    def __init__(self, domain: Domain, endpoint_config: Optional[EndpointConfig] = None,
                 station: Optional[Station] = None) -> None:
        super().__init__(domain.responses)
        self.station = station or load_station()

    async def generate(self, utter_action: str, tracker: DialogueStateTracker, output_channel: str,
                       **kwargs: Any) -> Optional[Dict[str, Any]]:
        """The response `utter_action` with all its places filled; None when there is no such response."""
        in_form = bool(tracker.active_loop_name)
        name = f"{utter_action}_in_form" if in_form and f"{utter_action}_in_form" in self.responses else utter_action
        slots = tracker.current_slot_values()
        values = self._values(slots, output_channel, kwargs)
        self._title(kwargs.get("buttons") or [], slots, output_channel, values)
        reply = self.generate_from_slots(self._in_force(name), slots, output_channel, **values)
        if reply and not in_form and (reply.get("metadata") or {}).get("buttons") == "menu":
            reply["buttons"] = menu_buttons(self.station)
        return reply

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
