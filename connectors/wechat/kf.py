"""WeChat's own desk (微信客服, kf): who is online, and sessions between agents and drivers. Errors are the client's."""

from __future__ import annotations

import dataclasses
from typing import Optional

from connectors.wechat.client import WeChatClient

ONLINE = 1  # `status`: 1 on the web; 0 is away


@dataclasses.dataclass(frozen=True)
class Agent:
    """One agent: `account` is like name@gh_id, `sessions` how many drivers are with the agent now."""

    account: str
    number: str
    online: bool
    sessions: int


async def online_agents(client: WeChatClient) -> list[Agent]:
    """`customservice/getonlinekflist`: the agents who are online, the one with the fewest drivers first."""
    found = (await client.call("customservice/getonlinekflist")).get("kf_online_list") or []
    agents = [Agent(str(a["kf_account"]), str(a.get("kf_id", "")), bool(int(a.get("status", 0)) & ONLINE),
                    int(a.get("accepted_case", 0))) for a in found]
    return sorted((agent for agent in agents if agent.online), key=lambda agent: agent.sessions)


async def create_session(client: WeChatClient, openid: str, account: str) -> None:
    """`kfsession/create`: gives the driver to one agent. Raises ApiError 65415 when the agent isn't online."""
    await client.call("/customservice/kfsession/create", {"kf_account": account, "openid": openid})


async def close_session(client: WeChatClient, openid: str, account: str) -> None:
    """`kfsession/close`: takes the driver back. Raises ApiError 65413 when there is no such session."""
    await client.call("/customservice/kfsession/close", {"kf_account": account, "openid": openid})


async def session_of(client: WeChatClient, openid: str) -> Optional[str]:
    """`kfsession/getsession`: the agent who has the driver, None when nobody has."""
    answer = await client.call("/customservice/kfsession/getsession", openid=openid)
    return str(answer.get("kf_account") or "") or None


async def waiting(client: WeChatClient) -> list[str]:
    """`kfsession/getwaitcase`: openids of up to 100 drivers whom no agent has taken yet."""
    found = (await client.call("/customservice/kfsession/getwaitcase")).get("waitcaselist") or []
    return [str(each["openid"]) for each in found]
