"""Drafts (草稿箱) and published articles (发布能力); how a publishing ended is posted back."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Dict, List

from web.phone import posts
from web.phone.article_html import kept_html
from web.phone.errors import ApiError

if TYPE_CHECKING:
    from web.phone.wechat import WeChat

MOST_ARTICLES = 8
TITLE, DIGEST, AUTHOR, CONTENT = 64, 120, 16, 20_000  # characters
HELPER = "o-mass-helper"
PUBLISHED, PUBLISHING = 0, 1

Article = Dict[str, Any]


@dataclass
class Publishing:
    """One publishing; `status` is WeChat's publish_status."""

    number: str
    draft: str
    status: int = PUBLISHING
    article_id: str = ""
    failed: List[int] = field(default_factory=list)


class Articles:
    """Drafts by media id, published articles by article id. Closed ones can't be opened any more."""

    def __init__(self, wechat: WeChat) -> None:
        self._wechat = wechat
        self.drafts: Dict[str, List[Article]] = {}
        self.published: Dict[str, List[Article]] = {}
        self.publishings: Dict[str, Publishing] = {}
        self._closed: set[str] = set()
        self._numbers = itertools.count(2_247_483_650)

    def add(self, articles: object) -> str:
        """A new draft's media id. Raises ApiError naming what WeChat wouldn't take."""
        if not isinstance(articles, list) or not 1 <= len(articles) <= MOST_ARTICLES:
            raise ApiError(45008)
        media = secrets.token_urlsafe(48)
        self.drafts[media] = [self._checked(article) for article in articles]
        return media

    def replace(self, media: str, index: int, article: object) -> None:
        """Puts another article into the draft."""
        draft = self.draft(media)
        if not 0 <= index < len(draft):
            raise ApiError(40035)
        draft[index] = self._checked(article)

    def draft(self, media: str) -> List[Article]:
        """The draft's articles. Raises ApiError 40007."""
        if media not in self.drafts:
            raise ApiError(40007)
        return self.drafts[media]

    def publish(self, media: str) -> Publishing:
        """Begins to publish a draft; it is decided at once and told later. Raises ApiError 53503."""
        if media not in self.drafts:
            raise ApiError(53503)
        made = Publishing(str(next(self._numbers)), media)
        self.publishings[made.number] = made
        self._end(made)
        return made

    def publishing(self, number: str) -> Publishing:
        """A publishing. Raises ApiError 40035."""
        if number not in self.publishings:
            raise ApiError(40035)
        return self.publishings[number]

    def opened(self, name: str, index: int) -> Article:
        """The article a reader opens; `name` is a draft's media id or an article id. Raises ApiError 53600."""
        found = self.published.get(name) or self.drafts.get(name) or []
        if name in self._closed or not 1 <= index <= len(found):
            raise ApiError(53600)
        return found[index - 1]

    def close(self, name: str) -> None:
        """The articles can't be opened any more."""
        self._closed.add(name)

    def url(self, name: str, index: int) -> str:
        """Where an article is read, below the stand-in's address."""
        return f"/phone/articles/{name}/{index}"

    def card(self, media: str) -> Dict[str, Any]:
        """The draft as the chat shows it: the first article as a card, the titles of the others below."""
        first, *others = self.draft(media)
        more = [{"title": each["title"], "url": self.url(media, n)} for n, each in enumerate(others, start=2)]
        return {"kind": "news", "title": first["title"], "description": first["digest"],
                "picture": f"/phone/media/{first['thumb_media_id']}", "url": self.url(media, 1), "more": more}

    def _end(self, made: Publishing) -> None:
        fault = self._wechat.faults.take("job/publish")
        made.status = fault.errcode or PUBLISHED if fault else PUBLISHED
        told: Dict[str, Any] = {"publish_id": made.number, "publish_status": made.status}
        if made.status == PUBLISHED:
            made.article_id = secrets.token_urlsafe(32)
            self.published[made.article_id] = self.drafts.pop(made.draft)
            count = len(self.published[made.article_id])
            items = posts.Repeated([{"item": {"idx": n, "article_url": self.url(made.article_id, n)}}
                                    for n in range(1, count + 1)])
            told |= {"article_id": made.article_id, "article_detail": posts.Repeated([{"count": count}, *items])}
        else:
            made.failed = [1]
        info = posts.Repeated([told, *({"fail_idx": n} for n in made.failed)])
        self._wechat.job_posts.add(HELPER, posts.event("PUBLISHJOBFINISH", PublishEventInfo=info))

    def _checked(self, article: object) -> Article:
        if not isinstance(article, dict):
            raise ApiError(47001)
        for name, most, code in (("title", TITLE, 45003), ("digest", DIGEST, 45004), ("author", AUTHOR, 45110)):
            if not isinstance(article.get(name, ""), str) or len(article.get(name, "")) > most:
                raise ApiError(code)
        content = article.get("content")
        if not article.get("title") or not isinstance(content, str) or not content:
            raise ApiError(44004)
        if len(content) >= CONTENT:
            raise ApiError(45002)
        self._wechat.media.get(str(article.get("thumb_media_id") or ""), self._wechat.now())
        return {"author": "", "digest": "", "content_source_url": "", **article, "content": kept_html(content)}
