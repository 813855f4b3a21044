"""One process of a small Weijing, to be killed: `python -m tests.connectors.wechat.process <url> <api> <fd>`."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sys

import sqlalchemy as sa
from sanic import Sanic
from sqlalchemy.engine import Engine

from bot.settings import Outreach
from connectors.wechat.webhook import webhook_blueprint
from messages.crash_points import pass_by
from messages.database import open_engine, writing
from messages.inserts import insert_missing
from messages.replies import Reply
from messages.turn_worker import Pace, TurnWorker
from messages.turns import Turn
from tests.connectors.wechat.accounts import settings_for
from tests.connectors.wechat.server import SENTENCES

PASSIVE, LATE = 0.8, 1.3  # seconds: WeChat's patience is 1.5 here
bookings = sa.Table("bookings", sa.MetaData(), sa.Column("key", sa.String(300), primary_key=True),
                    sa.Column("driver", sa.String(64)))


def book(engine: Engine, turn: Turn) -> None:
    """What an action does: writes once under the key of message and ordinal."""
    with writing(engine) as session:
        insert_missing(session, bookings, {"key": f"{turn.key}:1", "driver": turn.driver})
    pass_by("after action")


def run(database_url: str, api: str, listening: socket.socket) -> None:
    app = Sanic("crash_test", configure_logging=False)
    app.config.GRACEFUL_SHUTDOWN_TIMEOUT = 0.5
    settings = settings_for(database_url, api)
    said = os.environ.get("WEIJING_TEST_OUTREACH")
    outreach = Outreach.parse_raw(said) if said else None
    app.blueprint(webhook_blueprint(settings, seconds=PASSIVE, push_lease=2.0, outreach=outreach), url_prefix="/wechat")
    _take_turns(app, database_url)
    app.run(sock=listening, access_log=False, motd=False)


def _take_turns(app: Sanic, database_url: str) -> None:
    @app.after_server_start
    async def start(app: Sanic, _loop: object) -> None:
        engine = open_engine(database_url)

        async def bot(turn: Turn, said: list[Reply]) -> None:
            await asyncio.to_thread(book, engine, turn)
            await asyncio.sleep(LATE if "late" in (turn.text or "") else 0.01)
            said.append(Reply(f"answer {turn.text}" if turn.text else "hello"))

        lease = float(os.environ.get("WEIJING_TEST_LEASE", 3.0))  # short, so that a killed process is soon replaced
        pace = Pace(lease=lease, speak_before_passive_end=0.1, retry_after=0.2)
        app.ctx.worker = TurnWorker(engine, ["wechat"], bot, SENTENCES, pace)
        app.ctx.worker.start()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    run(sys.argv[1], sys.argv[2], socket.socket(fileno=int(sys.argv[3])))
