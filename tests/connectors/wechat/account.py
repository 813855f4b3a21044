"""A driver at the stand-in WeChat: posts anything, and reads what WeChat saw."""

from __future__ import annotations

import itertools
import time
from typing import Any, Callable, TypeVar

import httpx

from bot.settings import load_station
from connectors.sentences import load_sentences
from web.phone.server import StandIn

SOON = load_sentences(load_station())["soon"]
numbers = itertools.count(1)
Found = TypeVar("Found")


def soon(look: Callable[[], Found], seconds: float = 30.0) -> Found:
    until = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > until:
            return found
        time.sleep(0.02)


class Driver:
    def __init__(self, stand_in: StandIn, openid: str) -> None:
        self.openid, self.url, self.api, self._stand_in = openid, "", stand_in.url, stand_in
        self._http = httpx.Client(base_url=stand_in.url, trust_env=False, timeout=30)

    def beside(self, openid: str) -> Driver:
        """Another driver of the same WeChat."""
        return Driver(self._stand_in, openid)

    def post(self, **fields: Any) -> None:
        self._http.post(f"/stand-in/drivers/{self.openid}/post", json=fields).raise_for_status()

    def write(self, content: str, number: int | None = None) -> None:
        self.post(MsgType="text", Content=content, MsgId=str(number or next(numbers) + int(time.time()) * 1000))

    def follow(self, scene: str = "") -> None:
        self._http.post(f"/phone/{self.openid}/follow", json={"scene": scene}).raise_for_status()

    def leave(self) -> None:
        self._http.post(f"/phone/{self.openid}/unfollow", json={}).raise_for_status()

    def tap(self, content: str, menu_id: str) -> None:
        self._http.post(f"/phone/{self.openid}/text", json={"content": content, "menu_id": menu_id}).raise_for_status()

    def code(self) -> str:
        return self._http.post(f"/stand-in/drivers/{self.openid}/code", json={}).json()["code"]

    def state(self) -> dict[str, Any]:
        return self._http.get(f"/stand-in/drivers/{self.openid}").json()

    def received(self, kind: str) -> dict[str, int]:
        return self._http.get("/stand-in/received", params={"kind": kind}).json()

    def event(self, name: str, key: str = "", **more: Any) -> None:
        self.post(MsgType="event", Event=name, EventKey=key, **more)

    def agent(self, account: str = "li@gh", online: bool = True) -> None:
        self.control("kf/agents", account=account, online=online)

    def kf(self, deed: str, **body: Any) -> None:
        self.control(f"kf/{self.openid}/{deed}", **body)

    def desk(self) -> dict[str, Any]:
        return self._http.get("/stand-in/kf").json()

    def fault(self, **fault: Any) -> None:
        self._http.post("/stand-in/faults", json=fault).raise_for_status()

    def control(self, path: str, /, **body: Any) -> None:
        self._http.post(f"/stand-in/{path}", json=body).raise_for_status()

    def record(self, kind: str) -> list[dict[str, Any]]:
        return self._http.get("/stand-in/record", params={"kind": kind, "driver": self.openid}).json()

    def forget_record(self) -> None:
        """What WeChat saw so far is no longer counted."""
        self._http.delete("/stand-in/record").raise_for_status()

    def posts(self) -> list[dict[str, Any]]:
        return self.record("post")

    def sends(self) -> list[dict[str, Any]]:
        return [line for line in self.record("call") if line["path"].endswith("custom/send")]

    def heard(self) -> list[str]:
        """But for being told to wait, which depends on how busy the machine is."""
        return [text for text in self.heard_all() if text.strip() != SOON]

    def heard_all(self) -> list[str]:
        return [text_of(entry) for entry in self.state()["entries"] if entry["side"] == "account"]


def text_of(entry: dict[str, Any]) -> str:
    words = "".join(part["text"] for part in entry.get("parts") or entry.get("head") or [])
    return "\n".join([words, *(choice["content"] for choice in entry.get("choices", []))])
