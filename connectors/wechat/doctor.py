"""Says what of the account is not set up right, in words, and what to do about it."""

from __future__ import annotations

import dataclasses
from typing import Any

from bot.settings import Settings, Station
from connectors.wechat import api
from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError, WeChatError
from connectors.wechat.menu import menu_differences, menu_of


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok`, or what is wrong and its cure."""

    subject: str
    ok: bool
    words: str


async def examine(client: WeChatClient, settings: Settings, station: Station) -> list[Finding]:
    """Looks at token, address list, permissions, menu and settings; stops early where WeChat can't be reached."""
    token = await _token(client)
    findings = [token, _original_id(settings)]
    if token.ok:
        findings += [await _menu(client, station), await _permission(client)]
    return findings


async def _token(client: WeChatClient) -> Finding:
    try:
        await client.token.get()
    except WeChatError as error:
        return Finding("token", False, str(error))
    return Finding("token", True, "WeChat knows the account and this machine's address")


def _original_id(settings: Settings) -> Finding:
    if settings.wechat_original_id:
        return Finding("original id", True, "posts for other accounts are refused")
    return Finding("original id", False, "WECHAT_ORIGINAL_ID (gh_…) is not set: posts for any account are taken")


async def _menu(client: WeChatClient, station: Station) -> Finding:
    try:
        shown: dict[str, Any] = await api.get_menu(client)
    except ApiError as error:
        return Finding("menu", False, f"{error}; `weijing wechat menu push` puts it up")
    different = menu_differences(menu_of(station), shown)
    if different:
        return Finding("menu", False, f"{len(different)} differences from station.yml; `weijing wechat menu push`")
    return Finding("menu", True, "as in station.yml")


async def _permission(client: WeChatClient) -> Finding:
    try:
        await client.typing("nobody")
    except ApiError as error:
        if error.code == 48001:
            return Finding("push", False, "the account may not push (48001): late answers wait for the next message; "
                                          "verify the account (微信认证) to change that")
    except WeChatError as error:
        return Finding("push", False, str(error))
    return Finding("push", True, "customer-service messages are allowed")
