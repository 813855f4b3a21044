"""Removes models that nobody will go back to: a station's small disk would fill, at 34 MB a training."""

from __future__ import annotations

import datetime
import pathlib
import shutil
from typing import Optional

from bot.models import MODELS, models_in_use
from bot.settings import VAR


def remove_old(before: datetime.datetime, folder: Optional[pathlib.Path] = None, var: pathlib.Path = VAR) -> int:
    """Removes models made before then, with manifest and comparison; how many. What is live, was live last, or is
    loaded by a process stays."""
    folder = folder or MODELS
    kept = models_in_use(folder, var)
    old = [path for path in folder.glob("weijing-*.tar.gz")
           if path.name not in kept and path.stat().st_mtime < before.timestamp()]
    for path in old:
        name = path.name.removesuffix(".tar.gz")
        shutil.rmtree(var / "evaluation" / name, ignore_errors=True)
        (folder / f"{name}.json").unlink(missing_ok=True)
        path.unlink()
    return len(old)
