"""Says what of the account is not set up right, in words, and what to do about it."""

from __future__ import annotations

import dataclasses
from typing import Any

from bot.settings import Settings, Station
from connectors.wechat import api, kf
from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError, WeChatError
from connectors.wechat.menu import menu_differences, menu_of

COUNTED = {"customer-service messages": "message/custom/send", "template messages": "message/template/send"}
FEW = 0.1  # of the day's calls


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok`, or what is wrong and its cure."""

    subject: str
    ok: bool
    words: str


async def examine(client: WeChatClient, settings: Settings, station: Station) -> list[Finding]:
    """Looks at token, address list, permissions, menu, quotas, agents and settings; stops early without a token."""
    token = await _token(client)
    findings = [token, _original_id(settings)]
    if token.ok:
        permission = await _permission(client)
        findings += [await _menu(client, station), permission]
        if permission.ok:
            findings += [await _quota(client, name, path) for name, path in COUNTED.items()]
        if station.handoff == "wechat_kf":
            findings.append(await _agents(client))
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


async def _quota(client: WeChatClient, name: str, path: str) -> Finding:
    try:
        quota = await api.quota(client, path)
    except WeChatError as error:
        return Finding(name, False, str(error))
    enough = quota.left > quota.limit * FEW
    return Finding(name, enough, f"{quota.left} of {quota.limit} left today"
                                 f"{'' if enough else ': what is not urgent should wait until midnight'}")


async def _agents(client: WeChatClient) -> Finding:
    try:
        online = await kf.online_agents(client)
    except WeChatError as error:
        return Finding("WeChat's desk", False, f"{error}; handoff: wechat_kf needs 客服功能 switched on")
    if not online:
        return Finding("WeChat's desk", False, "nobody is online: who wants a person waits in our own queue")
    return Finding("WeChat's desk", True, f"{len(online)} online")
