from __future__ import annotations

import datetime
import os
import pathlib

from bot.model_retention import remove_old
from bot.models import put_live
from tests.bot.test_models import made

NOW = datetime.datetime(2026, 5, 30, tzinfo=datetime.timezone.utc)


def make(folder: pathlib.Path, name: str, days: int) -> None:
    made(folder, name)
    at = (NOW - datetime.timedelta(days=days)).timestamp()
    os.utime(folder / f"{name}.tar.gz", (at, at))


def test_old_models_leave_with_their_comparison_and_those_in_use_stay(tmp_path: pathlib.Path) -> None:
    models, var = tmp_path / "models", tmp_path / "var"
    for folder in (models, var / "evaluation" / "weijing-1", var / "evaluation" / "weijing-5"):
        folder.mkdir(parents=True)
    for name, days in [("weijing-1", 90), ("weijing-2", 80), ("weijing-3", 70), ("weijing-4", 60), ("weijing-5", 5)]:
        make(models, name, days)
    put_live(made(models, "weijing-2"), models)
    put_live(made(models, "weijing-3"), models)
    for name in ("weijing-2", "weijing-3"):
        make(models, name, 75)
    (var / "rasa_spare.model").write_text("weijing-4.tar.gz\n")

    assert remove_old(NOW - datetime.timedelta(days=30), models, var) == 1
    assert sorted(path.name for path in models.glob("weijing-*")) == sorted(
        f"weijing-{number}.{kind}" for number in (2, 3, 4, 5) for kind in ("json", "tar.gz"))
    assert [path.name for path in (var / "evaluation").iterdir()] == ["weijing-5"]
    assert (models / "live.tar.gz").exists()
