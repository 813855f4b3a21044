"""What else WeChat's API can do for an account. Each function names WeChat's call; errors are the client's."""

from __future__ import annotations

from typing import Any, Mapping, Optional, Sequence

from connectors.wechat.client import WeChatClient

Fields = Mapping[str, str]


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


async def send_template(client: WeChatClient, openid: str, template: str, values: Fields, url: str = "",
                        key: str = "") -> str:
    """`message/template/send`: id of the sending; values are cut to the 20 characters that WeChat shows."""
    data = {name: {"value": one_line(value)} for name, value in values.items()}
    body = {"touser": openid, "template_id": template, "url": url, "data": data, "client_msg_id": key[:32]}
    return str((await client.call("message/template/send", body)).get("msgid", ""))


async def send_notice(client: WeChatClient, openid: str, template: str, values: Fields, page: str = "") -> None:
    """`message/subscribe/bizsend`: a subscription notice (订阅通知); 43101 when the consent is used up."""
    data = {name: {"value": one_line(value)} for name, value in values.items()}
    await client.call("message/subscribe/bizsend", {"touser": openid, "template_id": template, "page": page,
                                                    "data": data})


async def send_to_all(client: WeChatClient, text: str, key: str, tag: Optional[int] = None) -> str:
    """`message/mass/sendall`: a text to all followers, or to those with a tag; `key` (≤ 32) makes it one sending."""
    audience = {"is_to_all": tag is None, **({} if tag is None else {"tag_id": tag})}
    body = {"filter": audience, "text": {"content": text}, "msgtype": "text", "clientmsgid": key[:32]}
    return str((await client.call("message/mass/sendall", body)).get("msg_id", ""))


async def send_to_many(client: WeChatClient, openids: Sequence[str], text: str, key: str) -> str:
    """`message/mass/send`: a text to 2 to 10,000 followers."""
    body = {"touser": list(openids), "text": {"content": text}, "msgtype": "text", "clientmsgid": key[:32]}
    return str((await client.call("message/mass/send", body)).get("msg_id", ""))


async def preview(client: WeChatClient, openid: str, text: str) -> None:
    """`message/mass/preview`: shows a mass text to one follower."""
    await client.call("message/mass/preview", {"touser": openid, "text": {"content": text}, "msgtype": "text"})


async def stop_mass(client: WeChatClient, sending: str) -> None:
    """`message/mass/delete`: takes back what has not been sent yet."""
    await client.call("message/mass/delete", {"msg_id": int(sending)})


async def desk_agents(client: WeChatClient) -> list[dict[str, Any]]:
    """`customservice/getonlinekflist`: who is online at WeChat's own desk (kf_account, status, accepted_case)."""
    return (await client.call("customservice/getonlinekflist")).get("kf_online_list", [])


async def open_desk_session(client: WeChatClient, openid: str, account: str) -> None:
    """`kfsession/create`: gives the driver to one agent of WeChat's own desk."""
    await client.call("/customservice/kfsession/create", {"kf_account": account, "openid": openid})


async def close_desk_session(client: WeChatClient, openid: str, account: str) -> None:
    """`kfsession/close`: takes the driver back."""
    await client.call("/customservice/kfsession/close", {"kf_account": account, "openid": openid})


async def follower(client: WeChatClient, openid: str) -> dict[str, Any]:
    """`user/info`: subscribe, subscribe_time, remark, tagid_list, qr_scene_str; names are no longer given."""
    return await client.call("user/info", openid=openid, lang="zh_CN")


async def create_tag(client: WeChatClient, name: str) -> int:
    """`tags/create`: id of a new tag."""
    return int((await client.call("tags/create", {"tag": {"name": name}}))["tag"]["id"])


async def tag(client: WeChatClient, openids: Sequence[str], number: int, on: bool = True) -> None:
    """`tags/members/batchtagging`, `…/batchuntagging`: at most 50 followers a call."""
    path = "tags/members/batchtagging" if on else "tags/members/batchuntagging"
    await client.call(path, {"openid_list": list(openids), "tagid": number})


async def callback_addresses(client: WeChatClient) -> list[str]:
    """`getcallbackip`: addresses that WeChat posts from."""
    return (await client.call("getcallbackip")).get("ip_list", [])


def one_line(value: str, most: int = 20) -> str:
    """The value as template fields take it: one line, at most 20 characters."""
    flat = " ".join(value.split())
    return flat if len(flat) <= most else flat[:most - 1] + "…"
