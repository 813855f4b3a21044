"""The maintainers' inbox measured: 100,000 logged messages gathered, and its page.

    python bench/inbox.py [--messages 100000]
"""

from __future__ import annotations

import argparse
import datetime
import json
import pathlib
import random
import resource
import sys
import tempfile
import time
from typing import Any, Dict, Iterator, List

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import sqlalchemy as sa  # noqa: E402

import bot.training.database  # noqa: E402
import messages.database  # noqa: E402
from bot.nlu.misspelling import Misspeller  # noqa: E402
from bot.training import labels  # noqa: E402
from bot.training.gathering import gather  # noqa: E402
from bot.training.sentences import Sentence, read_sentences  # noqa: E402
from bot.training.station_mask import station_mask  # noqa: E402
from messages.clock import utc_now  # noqa: E402
from messages.database import open_engine, reading, writing  # noqa: E402
from messages.tables import inbox, understandings  # noqa: E402

DRIVERS, UNSURE_SHARE = 5000, 0.25
PROVINCES = "浙沪皖赣苏"


def rows(count: int, known: List[Sentence], chance: random.Random) -> Iterator[Dict[str, Any]]:
    """Training sentences as drivers would write them: two in misspelt words, some with a plate, most understood."""
    misspell = Misspeller({})
    began = utc_now() - datetime.timedelta(days=20)
    for number in range(1, count + 1):
        sentence = chance.choice(known)
        plate = f"{chance.choice(PROVINCES)}{chance.choice('ABCJ')}{chance.randint(10000, 99999)}"
        words = misspell(sentence.text, number) if number % 2 else sentence.text
        yield {"id": number, "driver": f"d{chance.randrange(DRIVERS)}", "intent": sentence.intent,
               "text": f"{plate}{words}" if number % 7 == 0 else words + chance.choice(["", "啊", "呢", "谢谢", "?"]),
               "unsure": chance.random() < UNSURE_SHARE, "at": began + datetime.timedelta(seconds=number * 15)}


def fill(url: str, count: int, known: List[Sentence]) -> None:
    """Writes the log at once; a town's month."""
    engine = open_engine(url)
    made = list(rows(count, known, random.Random(7)))
    with writing(engine) as session:
        session.execute(sa.insert(inbox), [
            {"id": r["id"], "channel": "wechat", "driver": r["driver"], "key": str(r["id"]), "kind": "text",
             "text": r["text"], "details": {}, "received_at": r["at"], "state": "done", "attempts": 1} for r in made])
        session.execute(sa.insert(understandings), [
            {"inbox_id": r["id"], "channel": "wechat", "driver": r["driver"], "at": r["at"], "confidence": 0.9,
             "intent": "nlu_fallback" if r["unsure"] else r["intent"], "ranking": [], "entities": [],
             "intents": [[r["intent"], 0.3 if r["unsure"] else 0.9]], "model": "bench", "answer_book": "bench",
             "outcome": "fallback" if r["unsure"] else "answered"} for r in made])
    engine.dispose()


def main() -> None:
    """Prints the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    options = parser.parse_args()
    known = read_sentences(ROOT / "data")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/weijing.db"
        messages.database.upgrade(url)
        bot.training.database.upgrade(url)
        fill(url, options.messages, known)
        print(json.dumps(measure(url, known[::2]), indent=1))


def measure(url: str, known: List[Sentence]) -> Dict[str, Any]:
    """Seconds until the inbox is ready, milliseconds of its first page's questions, and the memory it took."""
    engine = open_engine(url)
    began = time.perf_counter()
    groups = gather(engine, station_mask(), known, utc_now() - datetime.timedelta(days=30))
    ready = time.perf_counter() - began
    began = time.perf_counter()
    with reading(engine) as session:
        first = labels.open_groups(session, 25)
        labels.group(session, first[0].id)
        labels.counts(session)
    page = time.perf_counter() - began
    engine.dispose()
    return {"groups": groups, "ready_s": round(ready, 1), "page_ms": round(page * 1000, 1),
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


if __name__ == "__main__":
    main()
