"""From the last label to the live model, measured step by step with the whole data.

    python bench/loop.py

Runs its own station on free ports with the live model, a copy of data/, and 300 logged messages; labels some groups and
then waits for nobody: the change is written, a candidate trained, compared, put live, and one message answered by it.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import resource
import shutil
import sys
import tempfile
import time
import uuid
from typing import Any, Callable, Dict

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import sqlalchemy as sa  # noqa: E402
from sqlalchemy.engine import Engine  # noqa: E402

import bench.inbox  # noqa: E402
from bench.station import few_records, started, weijing  # noqa: E402
from bot.models import LIVE, Manifest, candidates, live_manifest, put_live, save_manifest, signed  # noqa: E402
from bot.training import labels  # noqa: E402
from bot.training.sentences import read_sentences  # noqa: E402
from messages import inbox  # noqa: E402
from messages.clock import utc_now  # noqa: E402
from messages.database import open_engine, reading, writing  # noqa: E402
from messages.inbox import Incoming  # noqa: E402
from messages.tables import inbox as messages_in  # noqa: E402
from messages.tables import understandings  # noqa: E402
from tests.test_main_job import free_ports, settings_for  # noqa: E402

SECRET, LOGGED, LABELLED = "m" * 40, 300, 10


def main() -> None:
    """Prints the figures as JSON."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        shutil.copytree(ROOT / "data", folder / "data")
        (folder / "models").mkdir()
        chosen = {**os.environ, **settings_for(folder), "WEIJING_MODELS": str(folder / "models"),
                  "WEIJING_DATA": str(folder / "data"), "RASA_SPARE_PORT": str(free_ports(1)[0]),
                  "WEIJING_SECRET": SECRET, "WEIJING_START_SECONDS": "400"}
        copy_live(folder / "models")
        print(json.dumps(measure(folder, chosen), indent=1))


def copy_live(folder: pathlib.Path) -> None:
    """The live model, signed for this station."""
    live = live_manifest()
    if live is None:
        raise SystemExit("no model is live: weijing train")
    shutil.copy(LIVE.resolve(), folder / live.model)
    manifest = signed(live, SECRET)
    save_manifest(manifest, folder)
    put_live(manifest, folder)


def measure(folder: pathlib.Path, chosen: Dict[str, str]) -> Dict[str, Any]:
    """Seconds of each step and of all of them."""
    few_records(chosen["DATABASE_URL"])
    weijing(chosen, "inbox", "list")  # makes the inbox's tables
    bench.inbox.fill(chosen["DATABASE_URL"], LOGGED, read_sentences(ROOT / "data"))
    weijing(chosen, "inbox", "gather")
    station, engine = started(folder / "output", chosen), open_engine(chosen["DATABASE_URL"])
    try:
        label_first(engine)
        return steps(engine, chosen, folder / "models")
    finally:
        engine.dispose()
        station.terminate()
        station.wait(60)


def label_first(engine: Engine) -> None:
    """The last labels: the first groups whose likeliest meaning needs no second person."""
    with writing(engine) as session:
        wanted = [g for g in labels.open_groups(session, 50)
                  if g.suggestions and labels.intent_of(g.suggestions[0][0]) not in labels.SENSITIVE]
        for group in wanted[:LABELLED]:
            labels.decide(session, "bench", group.id, group.suggestions[0][0], utc_now())


def steps(engine: Engine, chosen: Dict[str, str], models: pathlib.Path) -> Dict[str, Any]:
    """What a maintainer runs, one after the other."""
    seconds: Dict[str, float] = {}
    worked = resource.getrusage(resource.RUSAGE_CHILDREN)
    timed(seconds, "write", lambda: weijing(chosen, "inbox", "apply"))
    timed(seconds, "train", lambda: weijing(chosen, "train", "--candidate"))
    timed(seconds, "compare", lambda: weijing(chosen, "evaluate", "--against", "live", may_fail=True))
    candidate = candidates(models)[0]
    gate = candidate.gate or {"passed": False, "reasons": ["not compared"]}
    if not gate["passed"]:  # the time is asked for; what the gate said is told
        save_manifest(dataclasses.replace(candidate, overruled={"who": "bench", "reason": "measures time"}), models)
    timed(seconds, "promote", lambda: weijing(chosen, "promote", candidate.model))
    timed(seconds, "first_answer", lambda: answered(engine, candidate))
    done = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {**{name: round(value, 1) for name, value in seconds.items()},
            "processor_s": round(done.ru_utime + done.ru_stime - worked.ru_utime - worked.ru_stime, 1),
            "label_to_live": round(sum(seconds.values()), 1), "training_alone": candidate.seconds,
            "gate": gate["reasons"] or "open"}


def timed(seconds: Dict[str, float], name: str, deed: Callable[[], Any]) -> None:
    """Notes how long the deed took, and says so at once."""
    began, worked = time.monotonic(), sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    deed()
    seconds[name] = time.monotonic() - began
    worked = sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - worked
    print(f"{name}: {seconds[name]:.1f} s, {worked:.1f} s of processor time", file=sys.stderr)


def answered(engine: Engine, candidate: Manifest) -> None:
    """Waits for one message's turn; raises when another model answered it."""
    message = Incoming("wechat", f"o-bench-{uuid.uuid4().hex[:10]}", uuid.uuid4().hex, "text", "今天哪里堵")
    with writing(engine) as session:
        number = inbox.receive(session, message, utc_now(), answer_within=3600).id
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with reading(engine) as session:
            state = session.execute(sa.select(messages_in.c.state).where(messages_in.c.id == number)).scalar()
            model = session.execute(sa.select(understandings.c.model).where(
                understandings.c.inbox_id == number)).scalar()
        if state in ("done", "held"):
            break
        time.sleep(0.1)
    if f"{model}.tar.gz" != candidate.model:
        raise SystemExit(f"{model} answered, not {candidate.model}")


if __name__ == "__main__":
    main()
