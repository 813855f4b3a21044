"""/desk/events: what changed, as server-sent events with the parts of the page that show it."""

from __future__ import annotations

import datetime
from typing import AsyncIterator, Dict, Optional, Set, Tuple

from messages.database import reading, writing
from web.desk import sessions, view
from web.desk.conversations import Key
from web.desk.errors import Hidden, Missing
from web.desk.guard import Route, Visit
from web.desk.live import Watcher
from web.desk.office import Office
from web.desk.queue import Lists, sorted_for

HEARTBEAT_SECONDS = 15.0
BEAT_EVERY = datetime.timedelta(seconds=45)


async def _events(office: Office, visit: Visit) -> None:
    key = _key(visit.request.args.get("of", ""))
    if key:
        await office.do(_moving, office, visit, key)  # raises before anything is sent
    response = await visit.request.respond(content_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
    if response is None:
        return
    with office.live.watching(key) as watcher:
        async for told in _changes(office, visit, watcher):
            await response.send(told)


async def _changes(office: Office, visit: Visit, watcher: Watcher) -> AsyncIterator[str]:
    """Events as text, until the session ends or the server stops."""
    beaten = office.clock.now() - BEAT_EVERY
    while True:
        changed = await watcher.changes(HEARTBEAT_SECONDS)
        if "end" in changed:
            return
        beaten, still = await office.do(_still_signed_in, office, visit, beaten)
        if not still:
            yield event("ended", "")
            return
        for name, part in (await _parts(office, visit, watcher, changed)).items():
            yield event(name, part)
        if not changed:
            yield ": still here\n\n"


def _still_signed_in(office: Office, visit: Visit, beaten: datetime.datetime) -> Tuple[datetime.datetime, bool]:
    now = office.clock.now()
    with reading(office.engine) as session:
        still = sessions.who(session, visit.token, now) is not None
    if not still or now - beaten < BEAT_EVERY:
        return beaten, still
    with writing(office.engine) as session:
        sessions.beat(session, visit.token, now)
    return now, True


async def _parts(office: Office, visit: Visit, watcher: Watcher, changed: Set[str]) -> Dict[str, str]:
    """Event → the part of the page."""
    key, parts = watcher.conversation, {}
    if "queue" in changed:
        parts["queue"] = _queue(office, visit, sorted_for(visit.officer, await office.live.listed()), key)
    if "story" in changed and key:
        parts.update(await _conversation_parts(office, visit, key))
    return parts


def _queue(office: Office, visit: Visit, lists: Lists, key: Optional[Key]) -> str:
    """The lists; those who wait are drawn once for all officers, unless one of them is the page's own."""
    values = {"visit": visit, "lists": lists, "here": key}
    if any((entry.channel, entry.driver) == key for entry in lists.waiting):
        return office.fragment("_queue.html", **values)
    waiting = office.live.shared("waiting", lambda: office.fragment("_waiting.html", **values))
    return waiting + office.fragment("_held.html", **values)


async def _conversation_parts(office: Office, visit: Visit, key: Key) -> Dict[str, str]:
    try:
        values = {"visit": visit, "key": key, "moving": await office.do(_moving, office, visit, key)}
    except (Hidden, Missing):
        return {"head": office.fragment("_gone.html")}
    return {"story": office.fragment("_story.html", **values), "head": office.fragment("_head.html", **values),
            "left": office.fragment("_left.html", **values), "proposals": office.fragment("_proposals.html", **values)}


def _moving(office: Office, visit: Visit, key: Key) -> view.Moving:
    with reading(office.engine) as session:
        return view.moving(session, office.book, visit.officer, key, office.clock.now())


def _key(asked: str) -> Optional[Key]:
    channel, _, driver = asked.partition("/")
    return (channel, driver) if driver else None


def event(name: str, part: str) -> str:
    """One server-sent event."""
    lines = "".join(f"data: {line}\n" for line in part.splitlines() if line.strip()) or "data:\n"
    return f"event: {name}\n{lines}\n"


ROUTES = [Route("/events", _events, active=False)]
