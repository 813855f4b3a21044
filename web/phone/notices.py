"""Template messages and subscription notices: who may get which, and what WeChat tells the account afterwards."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from web.phone import posts
from web.phone.drivers import Driver
from web.phone.errors import ApiError
from web.phone.template_fields import shown_fields

if TYPE_CHECKING:
    from web.phone.wechat import WeChat

TEMPLATE = re.compile(r"[A-Za-z0-9_-]{4,64}")
MOST_TEMPLATES = 25
SAME_KEY_SECONDS = 600
MOST_KEYS = 200_000
LONG_TERM = 10**9
FAILED = {43019: "failed:user block"}


class Notices:
    """As long as no template was put up, every id that could be one is taken: development needs no console."""

    def __init__(self, wechat: WeChat) -> None:
        self._wechat = wechat
        self._numbers = itertools.count(10**9)
        self._keys: Dict[Tuple[str, str], Tuple[int, float]] = {}
        self.templates: Dict[str, Dict[str, str]] = {}

    def put_up(self, template: str, title: str, content: str) -> None:
        """Adds a template. Raises ApiError 45026 above 25."""
        if len(self.templates) >= MOST_TEMPLATES:
            raise ApiError(45026)
        self.templates[template] = {"template_id": template, "title": title, "content": content}

    def send_template(self, openid: str, template: str, data: Any, url: str, key: str) -> int:
        """Shows a template message and tells the account later; the sending's MsgID."""
        driver = self._reachable(openid, template)
        fields = shown_fields(data)
        if known := self._known(openid, key):
            return known
        number = next(self._numbers)
        if key:
            self._keys[openid, key] = (number, self._wechat.now())
        fault = self._wechat.faults.take("job/template")
        code = fault.errcode if fault else (43019 if driver.blocked else None)
        status = "success" if code is None else FAILED.get(code, "failed: system failed")
        if status == "success":
            self._show(driver, template, fields, url)
        self._wechat.job_posts.add(openid, posts.event("TEMPLATESENDJOBFINISH", MsgID=number, Status=status))
        return number

    def send_notice(self, openid: str, template: str, data: Any, page: str) -> None:
        """Uses one consent up, shows the notice, tells the account later."""
        driver = self._reachable(openid, template)
        fields = shown_fields(data)
        left = driver.consents.get(template, 0)
        if left <= 0:
            raise ApiError(43101)
        driver.consents[template] = left if left >= LONG_TERM else left - 1
        fault = self._wechat.faults.take("job/notice")
        if fault is None:
            self._show(driver, template, fields, page)
        ended = {"TemplateId": template, "MsgID": next(self._numbers),
                 "ErrorCode": fault.errcode if fault else 0, "ErrorStatus": "failed" if fault else "success"}
        self._wechat.job_posts.add(openid, posts.consent_event("subscribe_msg_sent_event", ended))

    def ask(self, openid: str, template: str, accept: bool, long_term: bool) -> None:
        """The driver answers the sheet that asks for a notice; each yes is worth one, or any number."""
        driver = self._wechat.drivers.meet(openid)
        if accept:
            driver.consents[template] = LONG_TERM if long_term else min(driver.consents.get(template, 0), LONG_TERM) + 1
        chosen = {"TemplateId": template, "SubscribeStatusString": "accept" if accept else "reject", "PopupScene": 2}
        self._wechat.job_posts.add(openid, posts.consent_event("subscribe_msg_popup_event", chosen))

    def withdraw(self, openid: str, template: str) -> None:
        """The driver refuses the notice in WeChat's settings."""
        self._wechat.drivers.meet(openid).consents.pop(template, None)
        chosen = {"TemplateId": template, "SubscribeStatusString": "reject"}
        self._wechat.job_posts.add(openid, posts.consent_event("subscribe_msg_change_event", chosen))

    def _reachable(self, openid: str, template: str) -> Driver:
        driver = self._wechat.drivers.known(openid)
        if not TEMPLATE.fullmatch(template) or (self.templates and template not in self.templates):
            raise ApiError(40037)
        if not driver.following:
            raise ApiError(43004)
        return driver

    def _known(self, openid: str, key: str) -> Optional[int]:
        number, at = self._keys.get((openid, key), (0, 0.0))
        if len(self._keys) > MOST_KEYS:
            self._keys = {}
        return number if key and self._wechat.now() - at < SAME_KEY_SECONDS else None

    def _show(self, driver: Driver, template: str, fields: list[Dict[str, str]], url: str) -> None:
        title = self.templates.get(template, {}).get("title", "服务通知")
        driver.show("account", self._wechat.now(), kind="notice", title=title, fields=fields, url=url)
