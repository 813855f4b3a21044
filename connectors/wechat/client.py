"""Calls of WeChat's API: async, with time-outs, typed errors, and no secret in any of them."""

from __future__ import annotations

import contextlib
import json
import logging
from typing import Any, Callable, Coroutine, Iterator, Mapping, Optional, TypeVar

import httpx
from sqlalchemy.engine import Engine

from bot.settings import Settings
from connectors.wechat.codes import advice_for
from connectors.wechat.errors import ApiError, NotSent, OutcomeUnknown, TooLong
from connectors.wechat.lanes import Lanes
from connectors.wechat.token import AccessToken, rid_of

Result = TypeVar("Result")
TOKEN_REFUSED = (40001, 40014, 42001)
TIMEOUT = httpx.Timeout(8.0, connect=3.0)
JSON = {"Content-Type": "application/json"}
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class WeChatClient:
    """One account's API. Opens its connections at the first call; `close()` at the end."""

    def __init__(self, settings: Settings, engine: Engine, timeout: httpx.Timeout = TIMEOUT) -> None:
        for name in ("httpx", "httpcore"):  # they log addresses, and WeChat wants the token in the address
            logging.getLogger(name).setLevel(logging.WARNING)
        self._lanes = Lanes(settings.wechat_api_base_url, timeout)
        self._http = httpx.AsyncClient(base_url=settings.wechat_api_base_url, timeout=timeout)
        self.token = AccessToken(engine, self._http, settings.wechat_app_id, settings.wechat_app_secret)

    async def close(self) -> None:
        """Closes the connections."""
        await self._http.aclose()
        await self._lanes.close()

    async def call(self, path: str, body: Optional[Mapping[str, Any]] = None, **params: str) -> dict[str, Any]:
        """Posts `body` (or gets, without one) to `/cgi-bin/<path>`; a refused token is renewed once.

        A path that begins with / is taken as it is. Raises ApiError with WeChat's code; NotSent when the call surely
        wasn't made; OutcomeUnknown when it may have been.
        """
        return await self._with_token(path, lambda token: self._once(path, body, token, params))

    async def call_without_token(self, path: str, params: Mapping[str, str]) -> dict[str, Any]:
        """Gets a call outside `/cgi-bin` that proves itself by its own parameters."""
        with named(path):
            response = await self._http.get(path, params=dict(params))
        return _read(path, response)

    async def upload(self, path: str, file: tuple[str, bytes, str], **params: str) -> dict[str, Any]:
        """Posts a file (name, bytes, type) as `media`; errors as `call`."""
        return await self._with_token(path, lambda token: self._post_file(path, file, token, params))

    async def download(self, path: str, limit: int, **params: str) -> bytes:
        """Fetches a file of at most `limit` bytes; errors as `call`, NotSent also for one that is longer."""
        return await self._with_token(path, lambda token: self._stream(path, limit, token, params))

    async def _with_token(self, path: str, attempt: Callable[[str], Coroutine[Any, Any, Result]]) -> Result:
        token = await self.token.get()
        try:
            return await attempt(token)
        except ApiError as error:
            if error.code not in TOKEN_REFUSED:
                raise
        return await attempt(await self.token.get(refused=token))

    async def _once(self, path: str, body: Optional[Mapping[str, Any]], token: str,
                    params: Mapping[str, str]) -> dict[str, Any]:
        # WeChat shows escaped Chinese as it is escaped in some calls (menu): send UTF-8.
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        with named(path):
            async with self._lanes.one() as http:
                response = await http.request("GET" if body is None else "POST", _address(path), content=content,
                                              params={"access_token": token, **params}, headers=JSON)
        return _read(path, response)

    async def _post_file(self, path: str, file: tuple[str, bytes, str], token: str,
                         params: Mapping[str, str]) -> dict[str, Any]:
        with named(path):
            response = await self._http.post(_address(path), files={"media": file},
                                             params={"access_token": token, **params})
        return _read(path, response)

    async def _stream(self, path: str, limit: int, token: str, params: Mapping[str, str]) -> bytes:
        data = bytearray()
        asked = {"access_token": token, **params}
        with named(path):
            async with self._http.stream("GET", _address(path), params=asked) as response:
                async for piece in response.aiter_bytes():
                    data += piece
                    if len(data) > limit:
                        raise TooLong(f"{path}: more than {limit} bytes")
        if "json" in response.headers.get("content-type", "") or response.status_code != 200:
            _read(path, httpx.Response(response.status_code, content=bytes(data)))
        return bytes(data)

    async def send(self, openid: str, message: Mapping[str, Any]) -> None:
        """Sends a customer-service message (客服消息), e.g. `{"msgtype": "text", "text": {"content": "…"}}`."""
        await self.call("message/custom/send", {"touser": openid, **message})

    async def typing(self, openid: str, on: bool = True) -> None:
        """Shows or hides that somebody is typing (客服输入状态)."""
        await self.call("message/custom/typing", {"touser": openid, "command": "Typing" if on else "CancelTyping"})


def _address(path: str) -> str:
    return path if path.startswith("/") else f"/cgi-bin/{path}"


@contextlib.contextmanager
def named(path: str) -> Iterator[None]:
    """Turns httpx's errors into ours: theirs may hold the address, and the address the token."""
    try:
        yield
    except NEVER_LEFT as error:
        raise NotSent(f"{path}: {type(error).__name__}") from None
    except httpx.HTTPError as error:
        raise OutcomeUnknown(f"{path}: {type(error).__name__}") from None


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
        raise ApiError(path, int(code), rid_of(answer), advice_for(int(code)), answer)
    return answer
