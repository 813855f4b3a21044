"""Trained models on disk: what they were made from, which one is live."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import io
import json
import os
import pathlib
import time
import warnings
from typing import Iterator, Optional

from bot.errors import CommandError, ModelMissing
from bot.settings import ROOT

MODELS = ROOT / "models"
LIVE = MODELS / "live.tar.gz"


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What a model was made from: file, hash of its sources, time (ISO, UTC), seconds of training."""

    model: str
    sources: str
    made: str
    seconds: float


class TrainingFailed(CommandError):
    """Rasa could not train; its own last words are the message."""

    exit_code = 5


def source_files() -> Iterator[pathlib.Path]:
    """Everything a model depends on, in a fixed order."""
    yield from (ROOT / name for name in ("config.yml", "domain.yml", "requirements.lock"))
    folders = (("data", "**/*.yml"), ("data", "**/*.txt"), ("var/dictionary", "*.txt"), ("bot/nlu", "*.py"))
    for folder, pattern in folders:
        yield from sorted((ROOT / folder).glob(pattern))


def sources_hash() -> str:
    """SHA-256 over names and contents of source_files()."""
    digest = hashlib.sha256()
    for path in source_files():
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def live_manifest() -> Optional[Manifest]:
    """The live model's manifest, or None where no model is live."""
    try:
        return Manifest(**json.loads(LIVE.with_suffix("").with_suffix(".json").read_text()))
    except (FileNotFoundError, TypeError, ValueError):
        return None


def live_model() -> pathlib.Path:
    """Path of the live model; raises ModelMissing where there is none."""
    if not LIVE.exists():
        raise ModelMissing("no trained model in models/: run `weijing train` (about a minute)")
    return LIVE


def is_current() -> bool:
    """Whether the live model was made from the sources as they are now."""
    manifest = live_manifest()
    return manifest is not None and LIVE.exists() and manifest.sources == sources_hash()


@contextlib.contextmanager
def _quiet_rasa() -> Iterator[io.StringIO]:
    os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", SQLALCHEMY_SILENCE_UBER_WARNING="1")
    words = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stdout(words):
        warnings.simplefilter("ignore")
        yield words


def train_model(folder: pathlib.Path = MODELS, force: bool = False) -> Manifest:
    """Train from the sources into `folder`; raises TrainingFailed with Rasa's reason."""
    began, sources = time.monotonic(), sources_hash()
    name = f"weijing-{datetime.datetime.now(datetime.timezone.utc):%Y%m%d-%H%M%S}"
    with _quiet_rasa() as words:
        from rasa.api import train
        from rasa.shared.exceptions import RasaException

        try:
            result = train(
                domain=str(ROOT / "domain.yml"), config=str(ROOT / "config.yml"), training_files=str(ROOT / "data"),
                output=str(folder), force_training=force, fixed_model_name=name,
            )
        except (RasaException, SystemExit, ValueError) as error:
            raise TrainingFailed(f"training failed: {error or words.getvalue().strip()[-300:]}") from error
    if result.code != 0 or not result.model:
        raise TrainingFailed(f"training failed: {words.getvalue().strip()[-300:]}")
    made = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    return Manifest(pathlib.Path(result.model).name, sources, made, round(time.monotonic() - began, 1))


def put_live(manifest: Manifest, folder: pathlib.Path = MODELS) -> None:
    """Make a trained model the live one; both files change by rename, so that no reader sees half of either."""
    link = folder / "live.draft"
    link.unlink(missing_ok=True)
    link.symlink_to(manifest.model)
    link.replace(folder / LIVE.name)
    draft = folder / "live.json.draft"
    draft.write_text(json.dumps(dataclasses.asdict(manifest), indent=1))
    draft.replace(folder / "live.json")
