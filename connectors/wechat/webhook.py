"""The address that WeChat posts to: verifies, commits, waits for the answer, and answers in time."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re
import time
from typing import Optional

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, text
from sqlalchemy.engine import Connection, Engine

from bot.settings import Outreach, Settings, load_station
from connectors.sentences import load_sentences
from connectors.wechat import job_events
from connectors.wechat import messages as kinds
from connectors.wechat.announcer import Announcer
from connectors.wechat.client import WeChatClient
from connectors.wechat.crypto import Opened, Seal
from connectors.wechat.errors import BadPost, BadSignature, TooLarge, WeChatError, describe
from connectors.wechat.followers import follow_up
from connectors.wechat.intake import Intake
from connectors.wechat.kf_handover import KfHandover
from connectors.wechat.outgoing import passive_xml
from connectors.wechat.parsing import parse_message
from connectors.wechat.picture_worker import PictureWorker
from connectors.wechat.planner import PASSIVE_SECONDS, PushRules, choose_nothing, choose_passive
from connectors.wechat.publisher import Publisher
from connectors.wechat.push_worker import LEASE, PushWorker
from connectors.wechat.rendering import passive_text, passive_transfer
from connectors.wechat.ways import Ways
from connectors.wechat.xml import read_xml
from messages import inbox, media, outbox
from messages.answers import Answers
from messages.clock import utc_now
from messages.crash_points import pass_by
from messages.database import open_engine
from messages.errors import BadDriver
from messages.inbox import Incoming, Received
from messages.outbox import Outgoing
from messages.together import Together

logger = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
CROWD = 150  # posts that wait for their answers in one process; the next ones are told that theirs comes later
FEW = 20  # beyond so many nobody is shown that somebody is typing, and all are answered earlier:
IN_A_CROWD = 1.0  # seconds; with so many an answer is long on its way to WeChat
ECHO = re.compile(r"[A-Za-z0-9_+/=-]{1,256}")
SUCCESS = "success"
TYPING_AFTER = 1.5  # seconds of waiting before the driver sees that somebody is typing


@dataclasses.dataclass(frozen=True)
class Said:
    """The answer's text; `carried` are driver and message when it also says what answers earlier messages."""

    text: str
    carried: Optional[tuple[str, int]] = None


class Webhook:
    """One account's posts in. All it knows is in the database: another process may answer the repeat of a post."""

    def __init__(self, settings: Settings, engine: Engine, client: WeChatClient, rules: PushRules,
                 seconds: float = PASSIVE_SECONDS, desk: Optional[KfHandover] = None) -> None:
        station = load_station()
        keys = [settings.wechat_encoding_aes_key, settings.wechat_previous_aes_key]
        self._seal = Seal(settings.wechat_token, settings.wechat_app_id, keys, settings.wechat_clock_tolerance)
        self._account = settings.wechat_original_id
        self._sentences = load_sentences(station)
        self._intake = Intake(frozenset(key.say for column in station.menu for key in column.keys))
        self._engine, self._client, self._rules = engine, client, rules
        self._answers, self._seconds, self._kf = Answers(engine), seconds, desk
        self._receipts, self._takings = Together(engine, "receive"), Together(engine, "answer")

    def visit(self, query: dict[str, str]) -> str:
        """Answers WeChat's trial of the address (接入验证) with its echo. Raises BadPost."""
        self._seal.check_visit(query.get("signature", ""), query.get("timestamp", ""), query.get("nonce", ""))
        if not ECHO.fullmatch(query.get("echostr", "")):
            raise BadPost("echostr is missing")
        return query["echostr"]

    async def post(self, query: dict[str, str], body: bytes) -> Said:
        """The answer to one post, encrypted, or `success`. Raises BadPost; a database that is away raises too."""
        until = time.monotonic() + self._seconds
        opened = self.open(query, body)
        message = parse_message(read_xml(opened.xml))
        if self._account and message.account != self._account:
            raise BadSignature("the post is for another account")
        pass_by("before receive")
        received, rows = await self._receive(message)
        pass_by("after receive")
        if received is None or received.state == "recorded":
            return Said(SUCCESS)
        done = rows is None and await self._wait(message.openid, received, until)
        agent = await self._kf.transfer(message) if done and self._kf else None
        if agent is not None:
            await self._answer(message, received.id, choose_nothing)
            return Said(self._seal.close(passive_transfer(message.openid, message.account, agent), opened.key))
        rows = await self._answer(message, received.id) if rows is None else rows
        pass_by("after answer claim")
        xml = self._xml(message, rows, done)
        carried = any(row.message != received.id for row in rows)
        return Said(self._seal.close(xml, opened.key) if xml else SUCCESS,
                    (message.openid, received.id) if carried else None)

    async def arrived(self, said: Said) -> None:
        """Notes that WeChat has what answers earlier messages: nobody repeats those."""
        if said.carried is None:
            return
        pass_by("before arrival noted")
        driver, message = said.carried
        try:
            await self._takings.do(driver, lambda session: outbox.arrived(session, message))
        except Exception as error:
            logger.error("arrival not noted, an officer will see it as unknown: %s", describe(error))

    def _xml(self, message: kinds.Message, rows: list[Outgoing], done: bool) -> str:
        """The answer's XML, "" for none; whose answer isn't ready is told that it comes, or how to get it."""
        if rows:
            return passive_xml(message.openid, message.account, rows)
        if done:
            return ""
        told = self._sentences["one_moment" if self._rules.forbidden else "soon"]
        return passive_text(message.openid, message.account, told)

    def open(self, query: dict[str, str], body: bytes) -> Opened:
        """The XML of a post in AES mode; plain posts aren't signed over their content and are refused."""
        if query.get("encrypt_type") != "aes":
            raise BadPost("not encrypted: choose 安全模式 in WeChat's console")
        try:
            outside = read_xml(body.decode("utf-8"))
        except UnicodeDecodeError:
            raise BadPost("not UTF-8") from None
        encrypted = outside.get("Encrypt")
        if not isinstance(encrypted, str):
            raise BadPost("no Encrypt")
        return self._seal.open(encrypted, query.get("msg_signature", ""), query.get("timestamp", ""),
                               query.get("nonce", ""))

    async def _receive(self, message: kinds.Message) -> tuple[Optional[Received], Optional[list[Outgoing]]]:
        """The committed row, and in a crowd what there is to say at once, in one transaction: nobody waits then.

        No row for what is only noted, since noting it twice changes nothing.
        """
        if isinstance(message, kinds.TemplateSent):
            await self._receipts.do(message.openid, lambda session: job_events.note(session, message, utc_now()))
            return None, None
        incoming = self._intake.incoming(message)
        write = self._written_and_asked if self._answers.waiting >= CROWD else self._written
        return await self._receipts.do(message.openid, lambda session: write(session, message, incoming))

    def _written_and_asked(self, session: Connection, message: kinds.Message,
                           incoming: Incoming) -> tuple[Received, Optional[list[Outgoing]]]:
        received, _ = self._written(session, message, incoming)
        if received.state != "waiting" or received.repeated:
            return received, None
        return received, outbox.claim_answer(session, received.id, choose_passive, utc_now())

    def _written(self, session: Connection, message: kinds.Message, incoming: Incoming) -> tuple[Received, None]:
        now = utc_now()
        received = inbox.receive(session, incoming, now, self._seconds)
        if not received.repeated:
            follow_up(session, message, now)
            if isinstance(message, kinds.Image):
                media.expect(session, incoming.channel, message.openid, message.key, message.media, now)
        return received, None

    async def _wait(self, openid: str, received: Received, until: float) -> bool:
        """Whether the turn ended in time. In a crowd nobody waits: it would only make the others wait longer."""
        left = until - time.monotonic() if self._answers.waiting < CROWD else 0.0
        if await self._answers.wait(received.id, min(TYPING_AFTER, left)):
            return True
        if left <= TYPING_AFTER:
            return False
        typing = asyncio.create_task(self._show_typing(openid))
        spare = IN_A_CROWD if self._answers.waiting > FEW else 0.0
        done = await self._answers.wait(received.id, until - spare - time.monotonic())
        typing.cancel()
        return done

    async def _show_typing(self, openid: str) -> None:
        if self._rules.forbidden or self._answers.waiting > FEW:
            return
        try:
            await self._client.typing(openid)
        except WeChatError as error:
            self._rules.learn(error)
            logger.info("typing not shown: %s", describe(error))

    async def _answer(self, message: kinds.Message, number: int,
                      choose: outbox.Choose = choose_passive) -> list[Outgoing]:
        pass_by("before answer claim")
        rows = await self._takings.do(message.openid,
                                      lambda session: outbox.claim_answer(session, number, choose, utc_now()))
        logger.info("message %s: %s replies in the passive reply, what is later is pushed", number, len(rows))
        return rows


def webhook_blueprint(settings: Settings, path: str = "/", seconds: float = PASSIVE_SECONDS,
                      push_lease: float = LEASE, outreach: Optional[Outreach] = None) -> Blueprint:
    """The webhook at `path` below the blueprint's url_prefix, for the web app as for Rasa; also pushes.

    Within `seconds` WeChat is answered; `push_lease` is how long a dead sender's rows stay claimed; `outreach` is how
    the account speaks by itself, unless as `station.yml` says.
    """
    blueprint = Blueprint("wechat_webhook")

    @blueprint.before_server_start  # not after: a post may come in the moment the socket listens
    async def start(app: object, _loop: object) -> None:
        engine = open_engine(settings.database_url)
        client, rules = WeChatClient(settings, engine), PushRules()
        station = load_station()
        blueprint.ctx.desk = KfHandover(engine, client) if station.handoff == "wechat_kf" else None
        blueprint.ctx.webhook = Webhook(settings, engine, client, rules, seconds, blueprint.ctx.desk)
        blueprint.ctx.pushes = PushWorker(engine, client, rules, lease=push_lease)
        blueprint.ctx.engine, blueprint.ctx.client = engine, client
        blueprint.ctx.pushes.start()
        blueprint.ctx.pictures = PictureWorker(engine, client)
        blueprint.ctx.pictures.start()
        if blueprint.ctx.desk:
            blueprint.ctx.desk.start()
        blueprint.ctx.announcer = Announcer(engine, client, Ways(outreach or station.outreach, station.timezone))
        blueprint.ctx.announcer.start()
        blueprint.ctx.publisher = Publisher(engine, client)
        blueprint.ctx.publisher.start()

    @blueprint.before_server_stop
    async def stop(app: object, _loop: object) -> None:
        if blueprint.ctx.desk:
            await blueprint.ctx.desk.stop()
        await blueprint.ctx.announcer.stop()
        await blueprint.ctx.publisher.stop()
        await blueprint.ctx.pushes.stop()
        await blueprint.ctx.pictures.stop()

    @blueprint.after_server_stop
    async def close(app: object, _loop: object) -> None:
        await blueprint.ctx.client.close()
        blueprint.ctx.engine.dispose()

    @blueprint.get(path)
    async def visit(request: Request) -> Optional[HTTPResponse]:
        return await answer(blueprint.ctx.webhook, request, None)

    @blueprint.post(path, stream=True)
    async def post(request: Request) -> Optional[HTTPResponse]:
        try:
            return await answer(blueprint.ctx.webhook, request, await read_body(request))
        except TooLarge as error:
            return refuse(error)

    return blueprint


async def answer(webhook: Webhook, request: Request, body: Optional[bytes]) -> Optional[HTTPResponse]:
    """The HTTP answer: what WeChat can't have sent is refused; 503 makes WeChat try again.

    None when it was sent already, because something had to be noted behind it.
    """
    query = {name: values[0] for name, values in request.args.items() if len(values) == 1}
    try:
        said = Said(webhook.visit(query)) if body is None else await webhook.post(query, body)
    except (BadPost, BadDriver) as error:
        return refuse(error)
    except Exception as error:
        logger.error("post not accepted, WeChat will repeat it: %s", describe(error))
        return text("", status=503)
    pass_by("before answer")
    response = text(said.text, headers={"X-Content-Type-Options": "nosniff"})
    if not said.carried:
        return response
    await (await request.respond(response)).send(end_stream=True)
    await webhook.arrived(said)
    return None


def refuse(error: Exception) -> HTTPResponse:
    """An answer without a word of what came in."""
    logger.warning("post refused: %s", error)
    return text("refused", status=getattr(error, "status", 400))


async def read_body(request: Request) -> bytes:
    """The body, as far as the limit. Raises TooLarge before more of it is read."""
    if int(request.headers.get("content-length", 0)) > MAX_BODY:
        raise TooLarge(f"body over {MAX_BODY} bytes")
    body = bytearray()
    stream = request.stream
    while stream is not None and (piece := await stream.read()) is not None:
        body += piece
        if len(body) > MAX_BODY:
            raise TooLarge(f"body over {MAX_BODY} bytes")
    return bytes(body)
