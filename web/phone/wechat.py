"""WeChat itself, in memory: what drivers do, what the account answers and sends, and what becomes visible."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import time
from typing import Any, Coroutine, Dict, Optional, Set

from web.phone import posts
from web.phone.account import OfficialAccount
from web.phone.articles import Articles
from web.phone.bubbles import bubble
from web.phone.delivery import Delivery, OutOfService
from web.phone.drivers import Driver, Drivers
from web.phone.errors import ApiError
from web.phone.faults import Faults
from web.phone.hints import Town
from web.phone.job_posts import JobPosts
from web.phone.kf_desk import KfDesk
from web.phone.limits import Limits
from web.phone.mass_sends import MassSends
from web.phone.media import Media
from web.phone.notices import Notices
from web.phone.oauth_codes import OauthCodes
from web.phone.passive_replies import PassiveReply
from web.phone.qrcodes import QrCodes
from web.phone.record import Line, Record
from web.phone.segments import segments
from web.phone.tags import Tags
from web.phone.tokens import Tokens

OUT_OF_SERVICE = "该公众号暂时无法提供服务，请稍后再试"


class WeChat:
    """One account and its drivers. Everything runs in one event loop; nothing is kept on disk."""

    def __init__(self, account: OfficialAccount, webhook_url: str, menu: Optional[Dict[str, Any]] = None,
                 patience: float = 5.0, town: Town = dict) -> None:
        self.account = account
        self.town = town
        self.menu = menu
        self.epoch = secrets.token_hex(8)
        self.clock_ahead = 0.0
        self.drivers, self.media, self.tokens, self.qr_codes = Drivers(), Media(), Tokens(), QrCodes()
        self.faults, self.record = Faults(), Record()
        self.record.listener = self._show_line
        self.delivery = Delivery(lambda: self.account, webhook_url, self.record, self.faults, patience)
        self.job_posts, self.limits, self.oauth_codes = JobPosts(self.delivery), Limits(), OauthCodes()
        self.notices, self.mass_sends, self.articles = Notices(self), MassSends(self), Articles(self)
        self.desk, self.tags = KfDesk(self), Tags(self.drivers)
        self._tasks: Set[asyncio.Task[None]] = set()

    def now(self) -> float:
        """WeChat's clock for tokens, quotas and media (seconds since the epoch); tests may put it forward."""
        return time.time() + self.clock_ahead

    async def close(self) -> None:
        """Stops posting."""
        self.drivers.leave_all()
        await self.mass_sends.close()
        await self.job_posts.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.delivery.close()

    def set_menu(self, menu: Optional[Dict[str, Any]]) -> None:
        """Puts up the account's menu, or takes it down; every phone sees it at once."""
        self.menu = menu
        self.drivers.tell_all("menu", {"menu": menu})

    # What a driver does

    def follow(self, openid: str, scene: str = "") -> None:
        """The driver follows, by a QR code when there is a scene; who follows already has only scanned."""
        driver = self.drivers.meet(openid)
        if driver.following:
            return self._scan(driver, scene) if scene else None
        driver.following, driver.followed_at, driver.scene = True, self.now(), scene
        driver.allowance.acted(self.now())
        driver.tell("following", {"on": True})
        code = self.qr_codes.of_scene(scene) if scene else None
        more = {"Ticket": code.ticket} if code else {}
        self._post(driver, posts.event("subscribe", f"qrscene_{scene}" if scene else "", **more))

    def unfollow(self, openid: str) -> None:
        """The driver leaves; nothing can be sent any more."""
        driver = self.drivers.known(openid)
        driver.following = False
        driver.tell("following", {"on": False})
        self._post(driver, posts.event("unsubscribe", ""), visible=False)

    def write(self, openid: str, content: str) -> None:
        """The driver sends a text."""
        driver = self._follower(openid)
        driver.show("driver", self.now(), kind="text", parts=segments(content))
        self._message(driver, posts.text_message(content))

    def write_after(self, seconds: float, openid: str, content: str) -> None:
        """The driver sends a text so many seconds from now."""
        async def later() -> None:
            await asyncio.sleep(seconds)
            self.write(openid, content)

        self._keep(later())

    def choose(self, openid: str, content: str, menu_id: str) -> None:
        """The driver taps a choice of a msgmenu: it comes as a text, and counts as a click."""
        driver = self._follower(openid)
        driver.show("driver", self.now(), kind="text", parts=[{"text": content}])
        driver.allowance.acted(self.now())
        driver.wrote_at = self.now()
        self._post(driver, posts.text_message(content, menu_id))

    def send_picture(self, openid: str, data: bytes, base_url: str) -> None:
        """The driver sends a picture. Raises ApiError when it is none or too big."""
        driver = self._follower(openid)
        medium = self.media.put("image", data, self.now())
        path = f"/phone/media/{medium.media_id}"
        driver.show("driver", self.now(), kind="image", url=path)
        self._message(driver, posts.image_message(medium.media_id, base_url + path))

    def send_location(self, openid: str, latitude: float, longitude: float, label: str) -> None:
        """The driver sends a location in degrees."""
        driver = self._follower(openid)
        driver.show("driver", self.now(), kind="location", latitude=latitude, longitude=longitude, label=label)
        self._message(driver, posts.location_message(latitude, longitude, label))

    def press(self, openid: str, button: Dict[str, Any], scanned: str = "",
              place: Optional[posts.Place] = None) -> None:
        """The driver presses a key of the menu; keys that scan or ask for a place come with what was found."""
        driver = self._follower(openid)
        driver.allowance.acted(self.now())
        event = posts.menu_event(button, scanned, place)
        self._post(driver, event, visible=event["Event"] not in posts.SILENT)
        if place:
            self.send_location(openid, *place)

    def post_any(self, openid: str, fields: Dict[str, Any]) -> None:
        """Posts any fields as from this driver, for messages and events that the phone can't make."""
        driver = self.drivers.meet(openid)
        if fields.get("MsgType") != "event":
            return self._message(driver, fields)
        self._post(driver, fields)

    # What the account sends on its own

    def customer_message(self, openid: Optional[str], kind: str, content: Dict[str, Any]) -> None:
        """Shows a customer-service message. Raises ApiError when WeChat would refuse it; then no quota is spent."""
        driver = self.drivers.known(openid)
        if not driver.following:
            raise ApiError(43004)
        if driver.blocked:
            raise ApiError(43019)
        shown = self.content_of(kind, content)
        driver.allowance.spend(self.now())
        driver.show("account", self.now(), **shown)

    def content_of(self, kind: str, content: Dict[str, Any]) -> Dict[str, Any]:
        """A message as the chat shows it. Raises ApiError when WeChat would refuse it."""
        if kind == "mpnews":
            return self.articles.card(str(content.get("media_id") or ""))
        return bubble(kind, content, self.media, self.now())

    # Inside

    def _follower(self, openid: str) -> Driver:
        driver = self.drivers.known(openid)
        if not driver.following:
            raise ApiError(43004)
        return driver

    def _scan(self, driver: Driver, scene: str) -> None:
        driver.allowance.acted(self.now())
        code = self.qr_codes.of_scene(scene)
        self._post(driver, posts.event("SCAN", scene, **({"Ticket": code.ticket} if code else {})))

    def _message(self, driver: Driver, fields: Dict[str, Any]) -> None:
        driver.allowance.wrote(self.now())
        driver.wrote_at = self.now()
        if self.desk.has(driver):
            # WeChat's own desk has the conversation: the account's server hears nothing.
            self.desk.heard(driver)
            self.record.add("desk", driver.openid, sent=str(fields.get("Content", fields["MsgType"])))
            return
        self._post(driver, fields)

    def _post(self, driver: Driver, fields: Dict[str, Any], visible: bool = True) -> None:
        self._keep(self._deliver(driver, fields, visible))

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, driver: Driver, fields: Dict[str, Any], visible: bool) -> None:
        try:
            reply = await self.delivery.deliver(driver.openid, fields, time.time())
            if reply and visible:
                self._show_reply(driver, reply)
        except (OutOfService, ApiError):
            if visible:
                driver.show("account", self.now(), kind="text", parts=[{"text": OUT_OF_SERVICE}], fault=True)

    def _show_reply(self, driver: Driver, reply: PassiveReply) -> None:
        if reply.kind == "transfer_customer_service":
            return self.desk.transfer(driver, reply.content["kf_account"])
        driver.show("account", self.now(), **bubble(reply.kind, reply.content, self.media, self.now()))

    def _show_line(self, line: Line) -> None:
        if line["driver"]:
            with contextlib.suppress(ApiError):
                self.drivers.known(line["driver"]).tell("trace", line)
