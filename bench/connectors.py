"""The WeChat connector measured: the request path against wechatpy alone, old rows, and a storm of repeats.

    weijing bench connectors [--posts 2000] [--rows 1000000] [--storm 1000] [--database postgresql://…]
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import json
import multiprocessing
import pathlib
import statistics
import sys
import tempfile
import time
from typing import Any, Callable
from urllib.parse import parse_qsl

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import psutil  # noqa: E402
import sqlalchemy as sa  # noqa: E402
from sqlalchemy.engine import Engine  # noqa: E402

from bot.settings import Settings, load_station  # noqa: E402
from connectors.wechat.client import WeChatClient  # noqa: E402
from connectors.wechat.planner import PushRules  # noqa: E402
from connectors.wechat.webhook import Webhook  # noqa: E402
from messages import database, outbox, turns  # noqa: E402
from messages.answers import Answers  # noqa: E402
from messages.clock import utc_now  # noqa: E402
from messages.database import reading, writing  # noqa: E402
from messages.replies import Reply  # noqa: E402
from messages.tables import conversations, inbox  # noqa: E402
from messages.tables import outbox as rows_out  # noqa: E402
from messages.turn_worker import TurnWorker  # noqa: E402
from messages.turns import Turn  # noqa: E402
from web.phone.account import account_from  # noqa: E402
from web.phone.posts import addressed, envelope, event, text_message, to_xml  # noqa: E402

AT_ONCE = 20
Post = tuple[dict[str, str], bytes]


def settings_for(url: str) -> Settings:
    """An invented account."""
    return Settings(database_url=url, wechat_token="benchtoken",  # noqa: S106
                    wechat_app_id="wx0123456789abcdef",
                    wechat_app_secret="s" * 32, wechat_encoding_aes_key="A" * 43, weijing_secret="w" * 32,
                    wechat_api_base_url="http://127.0.0.1:9")


def make_posts(settings: Settings, count: int, make: Callable[[int], dict[str, Any]], drivers: int = 500) -> list[Post]:
    """Signed, encrypted posts of many drivers."""
    account = account_from(settings, load_station())
    posts = []
    for number in range(count):
        openid, now = f"o-bench-{number % drivers}", time.time()
        query, body = envelope(account, to_xml(addressed(make(number), openid, account.original_id, now)), openid, now)
        posts.append((dict(parse_qsl(query)), body.encode()))
    return posts


def figures(seconds: list[float], wall: float) -> dict[str, float]:
    """Rate and latencies (ms) of the calls."""
    ordered = sorted(seconds)
    return {"per_second": round(len(ordered) / wall, 1), "p50_ms": round(statistics.median(ordered) * 1000, 2),
            "p99_ms": round(ordered[int(len(ordered) * 0.99) - 1] * 1000, 2)}


async def time_posts(webhook: Webhook, posts: list[Post]) -> tuple[dict[str, float], list[str]]:
    """Figures and answers of the posts, AT_ONCE at a time."""
    limit, seconds = asyncio.Semaphore(AT_ONCE), []

    async def one(post: Post) -> str:
        async with limit:
            began = time.perf_counter()
            answer = await webhook.post(*post)
            seconds.append(time.perf_counter() - began)
            return answer.text

    began = time.perf_counter()
    answers = await asyncio.gather(*(one(post) for post in posts))
    return figures(seconds, time.perf_counter() - began), list(answers)


def time_wechatpy(settings: Settings, posts: list[Post]) -> dict[str, float]:
    """wechatpy's decrypt and parse alone, one after the other."""
    from wechatpy import parse_message
    from wechatpy.crypto import WeChatCrypto

    crypto = WeChatCrypto(settings.wechat_token, settings.wechat_encoding_aes_key, settings.wechat_app_id)
    seconds, began = [], time.perf_counter()
    for query, body in posts:
        start = time.perf_counter()
        parse_message(crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"]))
        seconds.append(time.perf_counter() - start)
    return figures(seconds, time.perf_counter() - began)


def time_opening(webhook: Webhook, posts: list[Post]) -> dict[str, float]:
    """Our verify, decrypt and parse alone, for the same."""
    from connectors.wechat.parsing import parse_message
    from connectors.wechat.xml import read_xml

    seconds, began = [], time.perf_counter()
    for query, body in posts:
        start = time.perf_counter()
        parse_message(read_xml(webhook.open(query, body).xml))
        seconds.append(time.perf_counter() - start)
    return figures(seconds, time.perf_counter() - began)


async def echo(turn: Turn, said: list[Reply]) -> None:
    """The smallest bot."""
    said.append(Reply(f"收到 {turn.text}"))


async def with_worker(engine: Engine, work: Callable[[], Any]) -> Any:
    """Runs `work` while turns are taken."""
    worker = TurnWorker(engine, ["wechat"], echo, {"apology": "-", "in_queue": "-", "left_queue": "-"})
    worker.start()
    result = await work()
    await worker.stop()
    return result


def fill(engine: Engine, count: int, batch: int = 20_000) -> None:
    """`count` old messages with an answer each, ended 30 days ago, of 20,000 drivers."""
    then = utc_now() - datetime.timedelta(days=30)
    for start in range(0, count, batch):
        numbers = range(start, min(start + batch, count))
        who = [{"channel": "wechat", "driver": f"o-old-{n % 20_000}"} for n in numbers]
        with writing(engine) as session:
            session.execute(sa.insert(inbox), [
                {**w, "key": f"old:{n}", "kind": "text", "text": "查违章", "details": {}, "received_at": then,
                 "passive_until": then, "state": "done", "attempts": 1} for w, n in zip(who, numbers, strict=True)])
            session.execute(sa.insert(rows_out), [
                {**w, "inbox_id": n + 1, "author": "bot", "purpose": "reply", "text": "没有未处理的违法。",
                 "choices": [], "question": False, "state": "passive", "created_at": then, "attempts": 0,
                 "begun": False}
                for w, n in zip(who, numbers, strict=True)])
            if start < 20_000:
                session.execute(sa.insert(conversations), [
                    {**w, "holder": "bot", "since": then, "fence": 1, "question": False} for w in who])
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.execute(sa.text("ANALYZE"))


def one_message(engine: Engine, number: int) -> float:
    """Seconds that the post room needs for one message from its receipt to its answer and a look for pushes."""
    from messages import inbox as receiving
    from messages.inbox import Incoming
    from messages.quotas import Grant

    incoming = Incoming("wechat", f"o-new-{number % 50}", f"new:{time.time_ns()}", "text", "查违章",
                        grants=(Grant("message", 5, 172_800),))
    began = time.perf_counter()
    with writing(engine) as session:
        message = receiving.receive(session, incoming, utc_now(), 4.3).id
    with reading(engine) as session:
        turns.waiting(session, ["wechat"], utc_now(), 8)
    with writing(engine) as session:
        turn = turns.claim(session, message, utc_now(), 8.0)
    assert turn
    with writing(engine) as session:
        turns.offer(session, turn, [Reply("好")])
        turns.finish(session, turn, [Reply("好")], utc_now())
    with reading(engine) as session:
        outbox.due(session, "wechat", utc_now())
    with writing(engine) as session:
        assert outbox.claim_answer(session, message, list, utc_now())
    return time.perf_counter() - began


def per_message(engine: Engine, count: int = 400) -> float:
    """Median milliseconds of `one_message`."""
    return round(statistics.median(one_message(engine, number) for number in range(count)) * 1000, 3)


def with_age(url: str, engine: Engine, rows: int) -> dict[str, Any]:
    """Time and memory of one message on the empty database and behind `rows` old ones, each in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(1) as empty:
        found: dict[str, Any] = {"empty": empty.apply(time_and_memory, (url,))}
    if rows:
        fill(engine, rows)
        with spawn.Pool(1) as aged:
            found[f"{rows}_old_rows"] = aged.apply(time_and_memory, (url,))
        young, old = found["empty"], found[f"{rows}_old_rows"]
        found["ratio"] = {name: round(old[name] / young[name], 2) for name in young}
    return found


def time_and_memory(url: str) -> dict[str, float]:
    """Milliseconds of one message (median) and the process's memory in MB afterwards."""
    engine = database.open_engine(url)
    per_message(engine, 50)
    taken = per_message(engine)
    engine.dispose()
    return {"message_ms": taken, "memory_mb": round(psutil.Process().memory_info().rss / 2**20)}


def measure(url: str, posts: int, rows: int, storm: int) -> dict[str, Any]:
    """All figures on one empty database."""
    database.upgrade(url)
    engine, settings = database.open_engine(url), settings_for(url)
    found: dict[str, Any] = {"database": engine.dialect.name, "at_once": AT_ONCE, "posts": posts}
    webhook = Webhook(settings, engine, WeChatClient(settings, engine), PushRules())
    webhook._answers = Answers(engine, every=0.01)
    scans = make_posts(settings, posts, lambda n: event("VIEW", f"https://example.invalid/{n}"))
    texts = make_posts(settings, posts, lambda n: text_message(f"查违章 {n}"))
    found["wechatpy_decrypt_and_parse"] = time_wechatpy(settings, texts)
    found["our_verify_decrypt_and_parse"] = time_opening(webhook, texts)
    found["verify_decrypt_commit_ack"] = asyncio.run(time_posts(webhook, scans))[0]
    webhook._answers = Answers(engine)
    found["post_to_passive_answer"] = asyncio.run(with_worker(engine, lambda: time_posts(webhook, texts)))[0]
    webhook._answers = Answers(engine)
    repeated = [post for post in make_posts(settings, storm, lambda n: text_message(f"重发 {n}")) for _ in range(3)]
    found["storm"] = asyncio.run(with_worker(engine, lambda: time_posts(webhook, repeated)))[0]
    with reading(engine) as session:
        attempts = list(session.execute(sa.select(inbox.c.attempts).where(inbox.c.text.like("重发%"))).scalars())
    found["storm"].update(messages=storm, posts=3 * storm, turns=sum(attempts))
    safe, parsed = found["verify_decrypt_commit_ack"], found["wechatpy_decrypt_and_parse"]
    found["safety_costs_times"] = round(parsed["per_second"] / safe["per_second"], 1)
    found["one_message"] = with_age(url, engine, rows)
    engine.dispose()
    return found


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("posts", 2000), ("rows", 1_000_000), ("storm", 1000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database; SQLite in a temporary folder without")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite:///{pathlib.Path(folder) / 'bench.db'}"
        print(json.dumps(measure(url, asked.posts, asked.rows, asked.storm), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
