"""Drafts, and publishing them."""

from __future__ import annotations

from typing import Any, Dict

from web.phone.api.call import DONE, Answer, Call
from web.phone.articles import PUBLISHED
from web.phone.errors import ApiError
from web.phone.wechat import WeChat


def add(wechat: WeChat, call: Call) -> Answer:
    """A new draft."""
    return {"media_id": wechat.articles.add(call.mapping().get("articles"))}


def get(wechat: WeChat, call: Call) -> Answer:
    """A draft with addresses at which it can be read before it is published."""
    media = call.text("media_id")
    return {"news_item": [{**article, "url": call.base_url + wechat.articles.url(media, number)}
                          for number, article in enumerate(wechat.articles.draft(media), start=1)]}


def update(wechat: WeChat, call: Call) -> Answer:
    """Another article in place of one of a draft's."""
    body = call.mapping()
    wechat.articles.replace(call.text("media_id"), int(body.get("index", 0)), body.get("articles"))
    return DONE


def delete(wechat: WeChat, call: Call) -> Answer:
    """Throws a draft away."""
    wechat.articles.draft(call.text("media_id"))
    del wechat.articles.drafts[call.text("media_id")]
    return DONE


def count(wechat: WeChat, call: Call) -> Answer:
    """How many drafts there are."""
    return {"total_count": len(wechat.articles.drafts)}


def submit(wechat: WeChat, call: Call) -> Answer:
    """Begins to publish a draft; PUBLISHJOBFINISH follows."""
    return {**DONE, "publish_id": wechat.articles.publish(call.text("media_id")).number, "msg_data_id": "0"}


def publishing(wechat: WeChat, call: Call) -> Answer:
    """How far a publishing is."""
    made = wechat.articles.publishing(call.text("publish_id"))
    answer: Dict[str, Any] = {"publish_id": made.number, "publish_status": made.status, "fail_idx": made.failed}
    if made.status == PUBLISHED:
        items = [{"idx": n, "article_url": call.base_url + wechat.articles.url(made.article_id, n)}
                 for n in range(1, len(wechat.articles.published.get(made.article_id, [])) + 1)]
        answer |= {"article_id": made.article_id, "article_detail": {"count": len(items), "item": items}}
    return answer


def delete_published(wechat: WeChat, call: Call) -> Answer:
    """Takes published articles back."""
    name = call.text("article_id")
    if name not in wechat.articles.published:
        raise ApiError(53600)
    wechat.articles.close(name)
    return DONE
