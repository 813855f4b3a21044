"""The account itself: menu, QR codes, addresses. Each function names WeChat's call; errors are the client's.

What else there is: `broadcasts` (template, notice, mass send), `articles` (draft, publish), `people` (followers, tags),
`kf` (WeChat's own desk), `media`, `oauth`; customer-service messages are `WeChatClient.send`.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Mapping, Optional

from connectors.wechat.client import WeChatClient


@dataclasses.dataclass(frozen=True)
class Quota:
    """A call's quota of the day (0 o'clock, Beijing): its limit, and what is left of it."""

    limit: int
    left: int


async def push_menu(client: WeChatClient, menu: Mapping[str, Any]) -> None:
    """`menu/create`: puts the menu up; phones see it within about 5 minutes."""
    await client.call("menu/create", menu)


async def get_menu(client: WeChatClient) -> dict[str, Any]:
    """`menu/get`: the menu that is up; empty without one."""
    return (await client.call("menu/get")).get("menu", {})


async def create_qr_code(client: WeChatClient, scene: str, days: Optional[int] = None) -> dict[str, Any]:
    """`qrcode/create`: ticket and url of a code for a scene of 1 to 64 characters; permanent without `days` (≤ 30)."""
    kind = {"action_name": "QR_LIMIT_STR_SCENE"} if days is None else {
        "action_name": "QR_STR_SCENE", "expire_seconds": days * 86_400}
    return await client.call("qrcode/create", {**kind, "action_info": {"scene": {"scene_str": scene}}})


async def callback_addresses(client: WeChatClient) -> list[str]:
    """`getcallbackip`: addresses that WeChat posts from."""
    return (await client.call("getcallbackip")).get("ip_list", [])


async def quota(client: WeChatClient, path: str) -> Quota:
    """`openapi/quota/get`: what is left today of a call, e.g. `message/template/send`."""
    known = (await client.call("openapi/quota/get", {"cgi_path": f"/cgi-bin/{path}"}))["quota"]
    return Quota(int(known["daily_limit"]), int(known["remain"]))
