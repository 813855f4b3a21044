"""What the account sends by itself: template messages, subscription notices, mass sends. Errors are the client's."""

from __future__ import annotations

import dataclasses
from typing import Any, Mapping, Optional, Sequence

from connectors.wechat.client import WeChatClient
from connectors.wechat.errors import ApiError

Fields = Mapping[str, str]
Content = Mapping[str, Any]
"""What a mass send carries, made by `mass_text` or `mass_article`."""

FIELD_CHARACTERS = 20  # since May 2023 WeChat shows no more of a template's field
KEY_CHARACTERS = 32
MOST_OPENIDS = 10_000
KEY_EXISTS = 45065


@dataclasses.dataclass(frozen=True)
class MassJob:
    """A mass send that WeChat has taken: `job` (msg_id) names it in MASSSENDJOBFINISH, in `mass_status` and
    `mass_delete`; `known` when it was taken before under the same key, so that nothing is sent again."""

    job: str
    known: bool = False


async def send_template(client: WeChatClient, openid: str, template: str, values: Fields, url: str = "",
                        key: str = "") -> str:
    """`message/template/send` (模板消息): WeChat's id of the sending, which TEMPLATESENDJOBFINISH names again.

    Values are cut to one line of 20 characters. With the same `key` (≤ 32) WeChat sends once within 10 minutes.
    Raises ApiError: 43004 doesn't follow, 43019 blocked, 45009 the day's 100,000 are used, 47003 a field is wrong.
    """
    data = {name: {"value": one_line(value)} for name, value in values.items()}
    body = {"touser": openid, "template_id": template, "url": url, "data": data,
            "client_msg_id": key[:KEY_CHARACTERS]}
    return str((await client.call("message/template/send", body)).get("msgid", ""))


async def send_subscribe_notice(client: WeChatClient, openid: str, template: str, values: Fields,
                                page: str = "") -> None:
    """`message/subscribe/bizsend` (订阅通知): uses one consent up; subscribe_msg_sent_event tells how it ended.

    Raises ApiError 43101 when the driver refused or the consents are used up.
    """
    data = {name: {"value": one_line(value)} for name, value in values.items()}
    await client.call("message/subscribe/bizsend", {"touser": openid, "template_id": template, "page": page,
                                                    "data": data})


def mass_text(text: str) -> Content:
    """A text as a mass send."""
    return {"msgtype": "text", "text": {"content": text}}


def mass_article(media: str) -> Content:
    """A draft's articles (图文) as a mass send; `media` is what `articles.draft_add` gave."""
    return {"msgtype": "mpnews", "mpnews": {"media_id": media}, "send_ignore_reprint": 0}


async def mass_send(client: WeChatClient, content: Content, key: str, *, openids: Optional[Sequence[str]] = None,
                    tag: Optional[int] = None) -> MassJob:
    """`message/mass/send` to 2 to 10,000 followers, or `message/mass/sendall` to a tag, or without both to all.

    `key` (1 to 32 characters) makes it one sending however often it is called: the job of the first comes back as
    `known`. Raises ApiError: 45028 no mass send left, 45066 called again within a minute, 45067 the key is too long.
    """
    if openids is not None and not 2 <= len(openids) <= MOST_OPENIDS:
        raise ValueError(f"a mass send to openids takes 2 to {MOST_OPENIDS} of them, got {len(openids)}")
    path = "message/mass/sendall" if openids is None else "message/mass/send"
    audience: dict[str, Any] = {"touser": list(openids)} if openids is not None else {
        "filter": {"is_to_all": tag is None, **({} if tag is None else {"tag_id": tag})}}
    try:
        return MassJob(str((await client.call(path, {**audience, **content, "clientmsgid": key}))["msg_id"]))
    except ApiError as error:
        if error.code != KEY_EXISTS or "msg_id" not in error.answer:
            raise
        return MassJob(str(error.answer["msg_id"]), known=True)


async def mass_preview(client: WeChatClient, openid: str, content: Content) -> None:
    """`message/mass/preview`: shows a mass send to one follower; 100 a day, uses none of the month's four."""
    await client.call("message/mass/preview", {"touser": openid, **content})


async def mass_status(client: WeChatClient, job: str) -> str:
    """`message/mass/get`: SENDING, SEND_SUCCESS, SEND_FAIL or DELETE."""
    return str((await client.call("message/mass/get", {"msg_id": job}))["msg_status"])


async def mass_delete(client: WeChatClient, job: str) -> None:
    """`message/mass/delete`: what was not sent yet isn't, and articles that were can't be opened any more."""
    await client.call("message/mass/delete", {"msg_id": int(job), "article_idx": 0})


def one_line(value: str, most: int = FIELD_CHARACTERS) -> str:
    """The value as template fields take it: one line, at most 20 characters."""
    flat = " ".join(value.split())
    return flat if len(flat) <= most else flat[:most - 1] + "…"
