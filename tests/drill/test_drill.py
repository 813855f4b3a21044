"""The whole loop once: a new topic streams in, is labelled, trained, gated, promoted under load, and taken back."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import datetime
import functools
import os
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time
import uuid
from typing import Any, Callable, Dict, Iterator, List, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

import bot.models
from bot.commands.candidates import run_conversations
from bot.models import Manifest, put_live, read_manifest, save_manifest, signed, train_model
from bot.parse import load_parser
from bot.records import upgrade_database
from bot.settings import ROOT
from bot.training import labels
from bot.training.applying import apply
from bot.training.comparison import (
    Comparison,
    Conversations,
    compare,
    read_tolerances,
    said_since,
    with_conversations,
)
from bot.training.gathering import gather
from bot.training.labels import Group
from bot.training.masking import mask_personal
from bot.training.sentences import Sentence, read_sentences
from bot.training.write_back import Files
from messages import inbox
from messages.database import open_engine, reading, writing
from messages.inbox import Incoming
from messages.tables import inbox as rows_in
from messages.tables import outbox as rows_out
from messages.tables import understandings
from tests.drill.small_data import make_small_data
from tests.test_main_job import free_ports, settings_for
from traffic.database import open_engine as open_records
from traffic.demo import make_demo

pytestmark = [pytest.mark.model, pytest.mark.timeout(1500), pytest.mark.flaky(reruns=0)]
TOPIC = ["平衡车能骑到马路上吗", "平衡车可以骑上马路吗", "骑平衡车上马路行不行", "平衡车上马路违法吗",
         "平衡车能不能上马路", "马路上能骑平衡车吗", "平衡车可不可以骑到马路上", "平衡车在马路上骑行吗",
         "小孩骑平衡车上马路可以吗", "平衡车上马路会被罚吗"]
LABEL, ANSWER = "ebike/balance_board", "平衡车只能在小区里这样的地方玩，不能上马路。"
PATIENCE = 400.0  # seconds; a state is waited for, however slow the machine


class Town:
    """A running station on little data, with its own models, database and ports."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder, self.models = folder, folder / "models"
        self.models.mkdir()
        self.data = make_small_data(folder)
        spare = str(free_ports(1)[0])
        self.settings: Dict[str, str] = {**settings_for(folder), "WEIJING_DATA": str(self.data),
                                         "WEIJING_MODELS": str(self.models), "RASA_SPARE_PORT": spare,
                                         "WEIJING_START_SECONDS": "240"}
        self.output = folder / "output"
        self.parser = functools.lru_cache(maxsize=None)(lambda model: load_parser(self.models / model))

    def train(self, live: bool = False) -> Manifest:
        manifest = signed(train_model(self.models), self.settings["WEIJING_SECRET"])
        save_manifest(manifest, self.models)
        if live:
            put_live(manifest, self.models)
        return manifest

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "bot.cli", *words], cwd=ROOT, check=False, capture_output=True,
                              text=True, env={**os.environ, **self.settings}, timeout=PATIENCE)

    def start(self) -> None:
        self._few_records()
        with self.output.open("w") as written:
            self.process = subprocess.Popen([sys.executable, "-m", "bot.cli", "run"], cwd=ROOT, stdout=written,
                                            stderr=subprocess.STDOUT, env={**os.environ, **self.settings})
        until(lambda: "Weijing is up" in self.output.read_text() or self.process.poll() is not None)
        assert self.process.poll() is None, self.output.read_text()[-2000:]
        self.engine = open_engine(self.settings["DATABASE_URL"])

    def _few_records(self) -> None:
        """Where records are, the station makes no demo city, which takes longer than all the rest."""
        upgrade_database(self.settings["DATABASE_URL"])
        engine = open_records(self.settings["DATABASE_URL"])
        make_demo(engine, vehicles=200, drivers=150, violations=300)
        engine.dispose()

    def stop(self) -> None:
        if hasattr(self, "process"):
            self.process.terminate()
            self.process.wait(60)
        if hasattr(self, "engine"):
            self.engine.dispose()

    def compared(self, before: Manifest, after: Manifest, held_out: Sequence[Sentence],
                 conversations: Callable[[], Conversations]) -> Comparison:
        """The conversation tests run beside it, in a process of their own."""
        with reading(self.engine) as session:
            said = said_since(session, datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1), 30)
        tolerances = {**read_tolerances(ROOT / "tests/nlu/tolerances.yml"), "accuracy": 0.05,
                      "intents": {"default": 0.5, "emergency": 0.0},  # ten sentences an intent tell no more
                      "calibration_error": {"rise": 0.2, "at_most": 0.05}}
        with concurrent.futures.ThreadPoolExecutor(1) as beside:
            told = beside.submit(conversations)
            found = compare(self.parser(before.model), self.parser(after.model), held_out, said, mask,
                            None, tolerances)
            return with_conversations(found, told.result())

    def conversations(self, model: Manifest) -> Conversations:
        scripts = self.folder / "scripts"
        scripts.mkdir(exist_ok=True)
        (scripts / "drill.yml").write_text(SCRIPT, encoding="utf-8")
        return run_conversations(self.models / model.model, scripts)


SCRIPT = """
- title: a greeting
  turns:
  - sends: /greet
    contains: ["您"]
"""


def mask(text: str) -> Any:
    return mask_personal(text, lambda _: [])


def until(done: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.2)


@pytest.fixture
def town(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Town]:
    made = Town(tmp_path)
    monkeypatch.setattr(bot.models, "DATA", made.data)
    try:
        made.train(live=True)
        made.start()
        yield made
    finally:
        made.stop()


def write(engine: Engine, text: str) -> int:
    driver = f"o-drill-{uuid.uuid4().hex[:12]}"
    message = Incoming("wechat", driver, uuid.uuid4().hex, "text", text)
    with writing(engine) as session:
        # As passive answers that nobody fetches: no push goes out, and the rows stay to be read.
        return inbox.receive(session, message, datetime.datetime.now(datetime.timezone.utc), answer_within=3600).id


def states(engine: Engine, ids: Sequence[int]) -> List[str]:
    with reading(engine) as session:
        return list(session.execute(sa.select(rows_in.c.state).where(rows_in.c.id.in_(ids))).scalars())


def ask(town: Town, texts: Sequence[str]) -> List[List[Any]]:
    """What each driver hears: texts and choices, in order."""
    ids = [write(town.engine, text) for text in texts]
    until(lambda: set(states(town.engine, ids)) <= {"done", "failed", "held"})
    return [heard(town.engine, number) for number in ids]


def heard(engine: Engine, number: int) -> List[Any]:
    with reading(engine) as session:
        rows = session.execute(sa.select(rows_out.c.text, rows_out.c.choices).where(
            rows_out.c.inbox_id == number, rows_out.c.author == "bot").order_by(rows_out.c.id))
        return [[row.text, [choice["title"] for choice in row.choices]] for row in rows]


class Load:
    """Drivers who keep writing while a model changes."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.ids, self._ended = engine, [], threading.Event()
        self._thread = threading.Thread(target=self._write)

    def __enter__(self) -> Load:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._ended.wait(0.25):
            self.ids.append(write(self.engine, "转人工客服" if len(self.ids) % 5 == 0 else "你好"))


def labelled(town: Town, groups: Sequence[Group]) -> None:
    """The top group makes the question, its like follow."""
    with writing(town.engine) as session:
        now = datetime.datetime.now(datetime.timezone.utc)
        batches = [labels.decide(session, "lin", group.id, LABEL, now) for group in groups if "平衡车" in group.head]
        batch = batches[0]
        labels.propose_answer(session, "lin", LABEL, ANSWER, {"owner": "宣传窗口"}, batch,
                              datetime.datetime.now(datetime.timezone.utc))


def damage(data: pathlib.Path) -> None:
    """Each file of sentences gets another's."""
    paths = sorted((data / "nlu").glob("*.yml"))
    texts = [path.read_text(encoding="utf-8") for path in paths]
    names = [path.stem for path in paths]
    for path, text, other in zip(paths, texts[1:] + texts[:1], names[1:] + names[:1], strict=True):
        path.write_text(text.replace(f"intent: {other}", f"intent: {path.stem}"), encoding="utf-8")


def test_a_new_topic_is_learnt_promoted_under_load_and_taken_back(town: Town) -> None:
    first = read_manifest("live.tar.gz", town.models)
    assert first is not None
    held_out = read_sentences(town.data / "nlu")[::4]
    questions = ["你好", "罚单在哪儿交啊", TOPIC[0], "救命", "谢谢"]
    before = ask(town, questions)

    chance = random.Random(7)
    stream = [write(town.engine, chance.choice(TOPIC) + chance.choice(["", "？", "呀"])) for _ in range(300)]
    until(lambda: "waiting" not in states(town.engine, stream))
    gather(town.engine, mask, read_sentences(town.data), datetime.datetime.now(datetime.timezone.utc)
           - datetime.timedelta(days=1))
    with reading(town.engine) as session:
        found = labels.open_groups(session, 10)
    assert "平衡车" in found[0].head
    assert found[0].drivers > 50
    labelled(town, found)
    with writing(town.engine) as session:
        change = apply(session, Files(town.data, ROOT / "domain.yml"), [], "lin",
                       datetime.datetime.now(datetime.timezone.utc))
    assert (len(change.answers), change.refused) == (1, {})

    candidate = town.train()
    compared = town.compared(first, candidate, held_out, lambda: town.conversations(candidate))
    assert compared.reasons == []
    assert any(changed.after == LABEL for changed in compared.changed)
    save_manifest(dataclasses.replace(candidate, gate={"passed": True, "reasons": []}), town.models)

    with Load(town.engine) as load:
        done = town.command("promote")
        assert done.returncode == 0, done.stderr
    until(lambda: "waiting" not in states(town.engine, load.ids))
    assert set(states(town.engine, load.ids)) <= {"done", "held"}
    assert all(heard(town.engine, number) for number in load.ids)
    assert ask(town, [TOPIC[0]])[0][-1] == [ANSWER, []]  # after the station's words of welcome: a driver never heard of
    with reading(town.engine) as session:
        answered_by = session.execute(sa.select(understandings.c.model).order_by(
            understandings.c.inbox_id.desc()).limit(1)).scalar()
    assert f"{answered_by}.tar.gz" == candidate.model

    kept = town.folder / "kept"
    shutil.copytree(town.data, kept)
    damage(town.data)
    damaged = town.train()
    # the conversation tests count as passed here: it is refused for its intents alone
    compared = town.compared(candidate, damaged, held_out, lambda: Conversations(1, []))
    assert {refusal.kind for refusal in compared.refusals} >= {"fell", "accuracy"}
    save_manifest(dataclasses.replace(damaged, gate={"passed": False, "reasons": compared.reasons}), town.models)
    refused = town.command("promote", damaged.model)
    assert refused.returncode != 0
    assert "may not go live" in refused.stderr

    back = town.command("rollback")
    assert back.returncode == 0, back.stderr
    live = read_manifest("live.tar.gz", town.models)
    assert live is not None
    assert live.model == first.model
    assert ask(town, questions) == before
