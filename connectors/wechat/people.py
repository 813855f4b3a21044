"""Followers as WeChat tells of them, and their tags. Errors are the client's."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any, AsyncIterator, Mapping, Optional, Sequence

from connectors.wechat.client import WeChatClient

TAGGED_AT_ONCE, ASKED_AT_ONCE = 50, 100


@dataclasses.dataclass(frozen=True)
class Follower:
    """`user/info`; names and pictures are no longer given (since December 2021). `scene` is the QR code's."""

    openid: str
    following: bool
    since: Optional[datetime.datetime] = None
    remark: str = ""
    tags: tuple[int, ...] = ()
    came_by: str = ""
    scene: str = ""


@dataclasses.dataclass(frozen=True)
class Tag:
    """A tag (用户标签) and how many followers have it."""

    number: int
    name: str
    count: int


async def follower(client: WeChatClient, openid: str) -> Follower:
    """`user/info`: one follower; who left is `following=False` and nothing more. 40003 for a stranger."""
    return _follower(await client.call("user/info", openid=openid, lang="zh_CN"))


async def followers_named(client: WeChatClient, openids: Sequence[str]) -> list[Follower]:
    """`user/info/batchget`: up to 100 followers in one call."""
    asked = {"user_list": [{"openid": openid, "lang": "zh_CN"} for openid in openids[:ASKED_AT_ONCE]]}
    return [_follower(each) for each in (await client.call("user/info/batchget", asked))["user_info_list"]]


async def followers(client: WeChatClient) -> AsyncIterator[list[str]]:
    """`user/get`: openids of all followers, up to 10,000 at a time."""
    after = ""
    while True:
        page = await client.call("user/get", next_openid=after)
        openids = (page.get("data") or {}).get("openid") or []
        if not openids:
            return
        yield openids
        after = str(page["next_openid"])


async def set_remark(client: WeChatClient, openid: str, remark: str) -> None:
    """`user/info/updateremark`: a name beside the follower, below 30 characters."""
    await client.call("user/info/updateremark", {"openid": openid, "remark": remark})


async def tags(client: WeChatClient) -> list[Tag]:
    """`tags/get`: all tags."""
    return [Tag(int(t["id"]), str(t["name"]), int(t["count"])) for t in (await client.call("tags/get"))["tags"]]


async def create_tag(client: WeChatClient, name: str) -> int:
    """`tags/create`: number of a new tag of at most 30 characters. Raises ApiError 45157 for a name that is there."""
    return int((await client.call("tags/create", {"tag": {"name": name}}))["tag"]["id"])


async def delete_tag(client: WeChatClient, number: int) -> None:
    """`tags/delete`: takes the tag from everyone."""
    await client.call("tags/delete", {"tag": {"id": number}})


async def tagged(client: WeChatClient, number: int) -> AsyncIterator[list[str]]:
    """`user/tag/get`: openids of those who have the tag, up to 10,000 at a time."""
    after = ""
    while True:
        page = await client.call("user/tag/get", {"tagid": number, "next_openid": after})
        openids = (page.get("data") or {}).get("openid") or []
        if not openids:
            return
        yield openids
        after = str(page["next_openid"])


async def tag(client: WeChatClient, openids: Sequence[str], number: int, on: bool = True) -> None:
    """`tags/members/batchtagging`, `…/batchuntagging`: gives or takes the tag, 50 followers a call.

    Raises ApiError 45059 when one has 20 tags already.
    """
    path = "tags/members/batchtagging" if on else "tags/members/batchuntagging"
    for start in range(0, len(openids), TAGGED_AT_ONCE):
        some = list(openids[start:start + TAGGED_AT_ONCE])
        await client.call(path, {"openid_list": some, "tagid": number})


def _follower(known: Mapping[str, Any]) -> Follower:
    if not known.get("subscribe"):
        return Follower(str(known["openid"]), False)
    since = datetime.datetime.fromtimestamp(int(known["subscribe_time"]), datetime.timezone.utc)
    return Follower(str(known["openid"]), True, since, str(known.get("remark", "")),
                    tuple(known.get("tagid_list") or ()), str(known.get("subscribe_scene", "")),
                    str(known.get("qr_scene_str", "")))
