"""A turn answered by Rasa, the same for every channel: what it is asked, and what it says."""

from __future__ import annotations

import dataclasses
from typing import Any, Awaitable, Callable, Iterable, Mapping, Optional, Protocol, Sequence

from rasa.core.channels.channel import OutputChannel, UserMessage
from sqlalchemy.engine import Engine

from connectors.follow_up import in_full, leans, may_be_of_what_was_shown, of_what_was_shown
from connectors.needs import Need, ReadWords, needs_of
from messages import choices
from messages.database import reading
from messages.replies import Choice, Reply
from messages.turns import Turn
from messages.understandings import Understood, Versions, outcome_of, understood_of

Ask = Callable[[UserMessage], Awaitable[Any]]
Read = Callable[[UserMessage], Awaitable[dict[str, Any]]]
"""What Rasa makes of a message; given back to Rasa with the message, so that it is made once."""

Shape = Callable[[Reply], Sequence[Reply]]
"""A channel's rule: the reply in parts that it can carry."""

SHORT = 16  # characters of a tap
NOT_UNDERSTOOD = "/nlu_fallback"  # for what holds no words at all


class Memory(Protocol):
    """What Rasa has saved of a driver's conversation."""

    async def recall(self, driver: str) -> Iterable[Any]:
        """The saved events."""

    async def take_back(self, driver: str, message_key: str) -> None:
        """Forgets the message of this key and all after it; nothing when it was never saved."""


class TrackerMemory:
    """Rasa's own memory; `store` gives its tracker store (a StrictTrackerStore) once Rasa has opened it."""

    def __init__(self, store: Callable[[], Any]) -> None:
        self._store = store

    async def recall(self, driver: str) -> Iterable[Any]:
        """The saved events of the running session."""
        tracker = await self._store().retrieve(driver)
        return tracker.events if tracker else ()

    async def take_back(self, driver: str, message_key: str) -> None:
        """Deletes the message's events."""
        await self._store().take_back(driver, message_key)

    async def forget(self, driver: str) -> None:
        """Deletes all that Rasa remembers of the driver."""
        await self._store().forget(driver)


class NoModel(Exception):
    """Raised when Rasa runs without a model; it would take the message and say nothing."""


class RepliesChannel(OutputChannel):
    """Collects what the bot says and never raises: a failed send would throw Rasa's turn away (rasa-facts 3)."""

    def __init__(self, channel: str, said: list[Reply], shape: Shape) -> None:
        self._channel, self._said, self._shape = channel, said, shape

    def name(self) -> str:  # an instance's name, not the class's: responses may differ by channel
        """The channel's name, by which Rasa picks a response written for it."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps one utterance."""
        self._said.extend(self._shape(reply_of(message)))


def reply_of(message: Mapping[str, Any]) -> Reply:
    """Rasa's utterance as a reply; it is a question when its response is named `utter_ask_…`."""
    buttons = list(message.get("quick_replies") or message.get("buttons") or [])
    offered = tuple(Choice(str(b["title"]), str(b.get("payload") or b["title"])) for b in buttons if b.get("title"))
    custom = message.get("custom") or _attachment(message)
    asks = str(message.get("utter_action") or "").startswith("utter_ask")
    return Reply(message.get("text") or None, message.get("image") or None, offered, asks, custom)


def _attachment(message: Mapping[str, Any]) -> Optional[dict[str, Any]]:
    return {"attachment": message["attachment"]} if message.get("attachment") else None


class RasaTurn:
    """Answers turns: resolves what was picked, asks Rasa, and knows a turn that Rasa had already ended.

    A process may die after Rasa saved and before the replies were written; asking again would answer the next
    question of a form with the driver's last words. And Rasa saves a turn whose action failed as if it had said
    nothing (rasa-facts 9): that one is taken back, so that the next try, or the driver's, begins where this one did.
    """

    def __init__(self, engine: Engine, ask: Ask, memory: Memory, menu: Mapping[str, str],
                 shape: Shape = lambda reply: [reply], read: Optional[Read] = None,
                 versions: Callable[[], Versions] = Versions, later: str = "") -> None:
        self._engine, self._ask, self._memory, self._menu, self._shape = engine, ask, memory, menu, shape
        self._read, self._versions, self._later = read, versions, later

    async def answer(self, turn: Turn, said: list[Reply]) -> Optional[Understood]:
        """Appends Rasa's replies to `said` and returns what it understood; raises what Rasa raises."""
        words = self.words(turn)
        needs = await self._needs(turn, words)
        keys = [turn.key, *(f"{turn.key}:need-{number}" for number in range(2, len(needs) + 1))]
        saved = list(await self._memory.recall(turn.driver)) if turn.attempt > 1 else []
        for key, need in zip(keys, needs, strict=True):
            if before := _replies_after(saved, key, keys):
                said.extend(part for reply in before for part in self._shape(reply))
                continue
            if saved:
                await self._memory.take_back(turn.driver, key)
            if need.service and key != turn.key and await self._is_asking(turn.driver):
                said.append(self._offered_later(need, need.service))
                continue
            await self._ask(self._message(turn, key, need, said))
        if not said:
            await self._memory.take_back(turn.driver, turn.key)
        return self._understood(needs[0], words, said)

    async def _is_asking(self, driver: str) -> bool:
        """Whether a form is open: another service's would ask over it."""
        return _form_open(await self._memory.recall(driver))

    def _offered_later(self, need: Need, service: str) -> Reply:
        """A tap for what comes when the open form is done."""
        return Reply(self._later, choices=(Choice(need.words[:SHORT], f"/{service}"),))

    async def _needs(self, turn: Turn, words: str) -> list[Need]:
        """What is asked of Rasa, in order; only a driver's own words may be several needs."""
        read = self._read
        if read is None:
            return [Need(words, None)]

        async def read_words(text: str) -> dict[str, Any]:
            return await read(UserMessage(text, sender_id=turn.driver, metadata=metadata_of(turn)))

        if words.startswith("/"):
            return [Need(words, await read_words(words))]
        needs = await needs_of(words, read_words)
        leaning = len(needs) == 1 and (leans(words) or may_be_of_what_was_shown(words))
        return [await self._in_full(turn, needs[0], read_words)] if leaning else needs

    async def _in_full(self, turn: Turn, need: Need, read_words: ReadWords) -> Need:
        """The need in the words of the question before, where that is understood better than it is alone."""
        events = list(await self._memory.recall(turn.driver))
        before = [event for event in events if event.type_name == "user" and _key_of(event) != turn.key]
        if not _form_open(events) and (full := of_what_was_shown(need.words, _shown(events, turn.key))):
            return Need(full, await read_words(full))
        full = in_full(need.words, before[-1].text if before and not _form_open(events) else None)
        whole = Need(full, await read_words(full)) if full else need
        return whole if whole.confidence >= need.confidence else need

    def _message(self, turn: Turn, key: str, need: Need, said: list[Reply]) -> UserMessage:
        message = UserMessage(
            need.words, RepliesChannel(turn.channel, said, self._shape), turn.driver, input_channel=turn.channel,
            message_id=key, metadata={**metadata_of(turn), "message_key": key})
        if need.parsed is not None:
            message.parse_data = need.parsed
        return message

    async def tell(self, turn: Turn, payload: str, details: Mapping[str, Any], said: list[Reply]) -> None:
        """Gives Rasa one thing more than the driver's words, in the same turn; appends what it says to it."""
        key = f"{turn.key}:{payload.split('{')[0]}"
        await self._ask(UserMessage(
            payload, RepliesChannel(turn.channel, said, self._shape), turn.driver, input_channel=turn.channel,
            message_id=key, metadata={**metadata_of(turn), "message_key": key, **details}))

    async def read(self, turn: Turn) -> Optional[Understood]:
        """What Rasa makes of a message that it is not asked to answer, because an officer will."""
        words = choices.harmless(turn.text or "")
        if self._read is None or not words:
            return None
        parsed = await self._read(UserMessage(words, sender_id=turn.driver))
        return dataclasses.replace(understood_of(parsed), versions=self._versions())

    def _understood(self, need: Need, words: str, said: Sequence[Reply]) -> Optional[Understood]:
        if not need.parsed:
            return None
        found = understood_of(need.parsed)
        if need.words != words:  # entities point into words that the driver did not write so
            found = dataclasses.replace(found, entities=())
        return dataclasses.replace(found, outcome=outcome_of(found.intent, said), versions=self._versions())

    def words(self, turn: Turn) -> str:
        """What Rasa is asked: a payload of ours, or the driver's harmless words."""
        if turn.payload:
            return turn.payload
        with reading(self._engine) as session:
            picked = choices.resolve(session, turn.channel, turn.driver, turn.text, turn.tap, self._menu)
        return picked or choices.harmless(turn.text or "") or NOT_UNDERSTOOD


def metadata_of(turn: Turn) -> dict[str, Any]:
    """What actions may read: `message_key` makes their doing unique, the rest is what the channel knows."""
    return {"message_key": turn.key, "channel": turn.channel, "kind": turn.kind, **turn.details}


def _form_open(events: Iterable[Any]) -> bool:
    loops = [event.name for event in events if event.type_name == "active_loop"]
    return bool(loops and loops[-1])


def _shown(events: Iterable[Any], key: str) -> list[str]:
    """Names of the responses to the driver's last message before this turn."""
    names: list[str] = []
    for event in events:
        if event.type_name == "user" and _key_of(event) == key:
            break
        if event.type_name == "user":
            names = []
        elif event.type_name == "bot":
            names.append(str((event.metadata or {}).get("utter_action") or ""))
    return names


def _key_of(event: Any) -> Optional[str]:
    return (event.metadata or {}).get("message_key")


def _replies_after(events: Iterable[Any], key: str, keys: Sequence[str]) -> list[Reply]:
    """What Rasa said to the message of this key, up to the next of `keys`; nothing when it never saved it."""
    heard, said = False, []
    for event in events:
        if event.type_name == "user" and _key_of(event) in keys:
            heard = _key_of(event) == key
        elif event.type_name == "bot" and heard:
            said.append(reply_of(event.message()))
    return said
