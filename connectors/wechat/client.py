"""Calls of WeChat's API: async, with time-outs, typed errors, and no secret in any of them."""

from __future__ import annotations

import logging
from typing import Any, Mapping, Optional

import httpx
from sqlalchemy.engine import Engine

from bot.settings import Settings
from connectors.wechat.codes import advice_for
from connectors.wechat.errors import ApiError, NotSent, OutcomeUnknown
from connectors.wechat.token import AccessToken, rid_of

TOKEN_REFUSED = (40001, 40014, 42001)
TIMEOUT = httpx.Timeout(8.0, connect=3.0)
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class WeChatClient:
    """One account's API. Opens its connections at the first call; `close()` at the end."""

    def __init__(self, settings: Settings, engine: Engine, timeout: httpx.Timeout = TIMEOUT) -> None:
        for name in ("httpx", "httpcore"):  # they log addresses, and WeChat wants the token in the address
            logging.getLogger(name).setLevel(logging.WARNING)
        self._http = httpx.AsyncClient(base_url=settings.wechat_api_base_url, timeout=timeout)
        self.token = AccessToken(engine, self._http, settings.wechat_app_id, settings.wechat_app_secret)

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()

    async def call(self, path: str, body: Optional[Mapping[str, Any]] = None, **params: str) -> dict[str, Any]:
        """Posts `body` (or gets, without one) to `/cgi-bin/<path>`; a refused token is renewed once.

        Raises ApiError with WeChat's code; NotSent when the call surely wasn't made; OutcomeUnknown when it may have.
        """
        token = await self.token.get()
        try:
            return await self._once(path, body, token, params)
        except ApiError as error:
            if error.code not in TOKEN_REFUSED:
                raise
        return await self._once(path, body, await self.token.get(refused=token), params)

    async def _once(self, path: str, body: Optional[Mapping[str, Any]], token: str,
                    params: Mapping[str, str]) -> dict[str, Any]:
        method = "GET" if body is None else "POST"
        try:
            response = await self._http.request(method, f"/cgi-bin/{path}", json=body,
                                                params={"access_token": token, **params})
        except NEVER_LEFT as error:
            raise NotSent(f"{path}: {type(error).__name__}") from None
        except httpx.HTTPError as error:
            raise OutcomeUnknown(f"{path}: {type(error).__name__}") from None
        return _read(path, response)

    async def send(self, openid: str, message: Mapping[str, Any]) -> None:
        """Sends a customer-service message (客服消息), e.g. `{"msgtype": "text", "text": {"content": "…"}}`."""
        await self.call("message/custom/send", {"touser": openid, **message})

    async def typing(self, openid: str, on: bool = True) -> None:
        """Shows or hides that somebody is typing (客服输入状态)."""
        await self.call("message/custom/typing", {"touser": openid, "command": "Typing" if on else "CancelTyping"})


def _read(path: str, response: httpx.Response) -> dict[str, Any]:
    if 400 <= response.status_code < 500:
        raise NotSent(f"{path}: HTTP {response.status_code}")
    try:
        answer = response.json()
    except ValueError:
        raise OutcomeUnknown(f"{path}: HTTP {response.status_code} without JSON") from None
    if not isinstance(answer, dict) or response.status_code != 200:
        raise OutcomeUnknown(f"{path}: HTTP {response.status_code}")
    code = answer.get("errcode", 0)
    if code:
        raise ApiError(path, int(code), rid_of(answer), advice_for(int(code)))
    return answer
