"""Brings posts to the account as WeChat does: 5 s of patience, then the same message again, 3 tries in all."""

from __future__ import annotations

import asyncio
import secrets
import ssl
import time
import zlib
from typing import Any, Callable, Dict, List, Optional

import httpx

from web.phone import spoiling
from web.phone.account import OfficialAccount
from web.phone.faults import Fault, Faults
from web.phone.passive_replies import PassiveReply, UnreadableReply, read_reply
from web.phone.posts import addressed, signed_query, to_xml
from web.phone.record import Record

TRIES = 3
SERVERS = 32  # WeChat posts from many
NO_FAULT = Fault(path="post")


class OutOfService(Exception):
    """The account gave no readable answer; the driver is told so."""


class Delivery:
    """Posts to one webhook. `account` is asked anew for each try, since keys may change in between."""

    def __init__(self, account: Callable[[], OfficialAccount], webhook_url: str, record: Record, faults: Faults,
                 patience: float = 5.0) -> None:
        self._account = account
        self._webhook_url = webhook_url
        self._record = record
        self._faults = faults
        self._patience = patience
        # WeChat's servers don't go through a developer's proxy, and have no known limit; `_post` cuts by itself.
        # Several: a client looks through all its connections at each request, and in a crowd there are a thousand.
        limits, trust = httpx.Limits(max_connections=None, max_keepalive_connections=2), ssl.create_default_context()
        self._clients = [httpx.AsyncClient(trust_env=False, timeout=httpx.Timeout(None), limits=limits, verify=trust)
                         for _ in range(SERVERS)]

    async def close(self) -> None:
        """Closes the connections."""
        await asyncio.gather(*(client.aclose() for client in self._clients))

    async def deliver(self, openid: str, fields: Dict[str, Any], now: float) -> Optional[PassiveReply]:
        """The account's reply, None when it has nothing to say. Raises OutOfService after the last try."""
        fault = self._faults.take("post") or NO_FAULT
        xml = to_xml(addressed(fields, openid, self._account().original_id, now))
        reply = await self._tries(openid, xml, fault)
        for _ in range(fault.repeat):
            await self._tries(openid, xml, NO_FAULT)
        return reply

    async def visit(self) -> bool:
        """Tries the address as WeChat's console does when it is saved (接入验证): whether the echo came back."""
        echo = secrets.token_urlsafe(16)
        query = {**signed_query(self._account(), time.time()), "echostr": echo}
        try:
            response = await self._clients[0].get(self._webhook_url, params=query, timeout=self._patience)
        except httpx.TransportError:
            return False
        return response.status_code == 200 and response.text == echo

    async def _tries(self, openid: str, xml: str, fault: Fault) -> Optional[PassiveReply]:
        patience = self._patience if fault.patience is None else fault.patience
        for number in range(1, TRIES + 1):
            started = time.monotonic()
            answers = await asyncio.gather(
                *(self._try(openid, xml, number, patience, fault) for _ in range(fault.together)))
            answered = [answer for answer in answers if answer is not None]
            if answered:
                return self._read(answered, openid)
            await asyncio.sleep(max(0.0, patience - (time.monotonic() - started)) if number < TRIES else 0)
        raise OutOfService(f"no answer within {TRIES} tries")

    def _read(self, answers: List[bytes], openid: str) -> Optional[PassiveReply]:
        try:
            replies = [read_reply(answer, self._account(), openid) for answer in answers]
        except UnreadableReply as error:
            self._record.add("unreadable", openid, why=str(error))
            raise OutOfService(str(error)) from None
        return next((reply for reply in replies if reply), None)

    async def _try(self, openid: str, xml: str, number: int, patience: float, fault: Fault) -> Optional[bytes]:
        """The body of the answer; None when there was none, it came too late, or the server failed."""
        query, body = spoiling.envelope_spoilt(self._account(), xml, openid, fault.spoil)
        started = time.monotonic()
        status, answer, why = await self._post(openid, f"{self._webhook_url}?{query}", body, patience)
        ms = round((time.monotonic() - started) * 1000, 1)
        self._record.add("post", openid, sent=xml, attempt=number, status=status, ms=ms, why=why,
                         answer=self._readable(answer, openid))
        return answer if status is not None and status < 500 else None

    async def _post(self, openid: str, url: str, body: str, patience: float) -> tuple[Optional[int], bytes, str]:
        client = self._clients[zlib.crc32(openid.encode()) % SERVERS]
        headers = {"Content-Type": "text/xml", "User-Agent": "Mozilla/4.0"}
        try:
            response = await asyncio.wait_for(client.post(url, content=body.encode(), headers=headers), patience)
        except asyncio.TimeoutError:
            return None, b"", f"cut after {patience:g} s"
        except httpx.TransportError as error:
            return None, b"", type(error).__name__
        return response.status_code, response.content, ""

    def _readable(self, answer: bytes, openid: str) -> str:
        try:
            reply = read_reply(answer, self._account(), openid)
        except UnreadableReply:
            return answer.decode("utf-8", "replace")
        return reply.xml if reply else answer.decode()
