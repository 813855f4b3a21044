"""WeChat's access token (`stable_token`): fetched by one process at a time, kept in the database for all."""

from __future__ import annotations

import asyncio
import datetime
import time
from typing import Optional

import httpx
from sqlalchemy.engine import Engine

from connectors.wechat.codes import advice_for
from connectors.wechat.errors import ApiError, NotSent
from messages import tokens
from messages.clock import utc_now
from messages.database import reading, writing

EARLY = datetime.timedelta(minutes=5)  # WeChat hands out the next token while the old one lives 5 minutes more
FORCED_APART = datetime.timedelta(seconds=30)  # WeChat's limit between forced refreshes
LEASE = 15.0
FRESH = 5.0  # seconds; a token that another process had to renew is refused, and then looked up anew


class AccessToken:
    """The account's token; asks WeChat only when the shared one is missing, ending or refused."""

    def __init__(self, engine: Engine, http: httpx.AsyncClient, app_id: str, secret: str) -> None:
        self._engine, self._http, self._app_id, self._secret = engine, http, app_id, secret
        self._name = f"wechat:{app_id}"
        self._last, self._looked_at = tokens.Token(None, None, None), -FRESH

    async def get(self, refused: Optional[str] = None) -> str:
        """A token other than `refused`. Raises ApiError or NotSent.

        Looks into the database every few seconds only: a broadcast asks a hundred times a second.
        """
        if _good(self._last, refused) and time.monotonic() - self._looked_at < FRESH:
            return str(self._last.value)
        for _ in range(int(LEASE * 10)):
            known = await asyncio.to_thread(self._read)
            if not _good(known, refused) and await asyncio.to_thread(self._begin, refused):
                return await self._refresh(refused, known)
            if _good(known, refused):
                self._last, self._looked_at = known, time.monotonic()
                return str(known.value)
            await asyncio.sleep(0.1)
        raise NotSent("token: another process is renewing it and doesn't come back")

    async def _refresh(self, refused: Optional[str], known: tokens.Token) -> str:
        try:
            value, seconds, forced = *await self._fetch(force=False), False
            if value == refused and self._may_force(known):
                value, seconds, forced = *await self._fetch(force=True), True
        except BaseException:
            await asyncio.to_thread(self._end)
            raise
        await asyncio.to_thread(self._store, value, seconds - EARLY.total_seconds(), forced)
        return value

    def _may_force(self, known: tokens.Token) -> bool:
        return known.forced_at is None or known.forced_at + FORCED_APART < utc_now()

    async def _fetch(self, force: bool) -> tuple[str, float]:
        body = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._secret,
                "force_refresh": force}
        try:
            answer = (await self._http.post("/cgi-bin/stable_token", json=body)).json()
        except (httpx.HTTPError, ValueError) as error:
            raise NotSent(f"token: {type(error).__name__}") from None
        if not isinstance(answer, dict) or "access_token" not in answer:
            said = answer if isinstance(answer, dict) else {}
            code = int(said.get("errcode", -1))
            raise ApiError("token", code, rid_of(said), advice_for(code))
        return str(answer["access_token"]), float(answer.get("expires_in", 7200))

    def _read(self) -> tokens.Token:
        with reading(self._engine) as session:
            return tokens.read(session, self._name)

    def _begin(self, refused: Optional[str]) -> bool:
        """Whether this process renews it; not when another has done so since we looked."""
        with writing(self._engine) as session:
            if not tokens.begin_refresh(session, self._name, utc_now(), LEASE):
                return False
            renewed = _good(tokens.read(session, self._name), refused)
            if renewed:
                tokens.end_refresh(session, self._name)
            return not renewed

    def _store(self, value: str, seconds: float, forced: bool) -> None:
        with writing(self._engine) as session:
            tokens.store(session, self._name, value, utc_now(), seconds, forced)

    def _end(self) -> None:
        with writing(self._engine) as session:
            tokens.end_refresh(session, self._name)


def _good(token: tokens.Token, refused: Optional[str]) -> bool:
    return bool(token.value and token.value != refused and token.expires_at and token.expires_at > utc_now())


def rid_of(answer: dict[str, object]) -> str:
    """WeChat's id of the request, which it puts at the end of errmsg as `rid: …`."""
    return str(answer.get("errmsg", "")).partition("rid: ")[2].strip()[:64]
