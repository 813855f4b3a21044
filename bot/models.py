"""Trained models on disk: what they were made from, which one is live, whether a file is what it says."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import hashlib
import hmac
import io
import json
import os
import pathlib
import time
import warnings
from typing import Any, Dict, Iterator, List, Optional, Set

from bot.errors import CommandError, ModelMissing
from bot.settings import DATA, MODELS, ROOT, VAR

LIVE = MODELS / "live.tar.gz"
HISTORY = "history.json"
KEPT = 8
"""Models that were live and can be gone back to, besides the live one."""


@dataclasses.dataclass(frozen=True)
class Manifest:
    """What a model was made from: file, hash of its sources, time (ISO, UTC), seconds of training; versions of what
    trained it; hash and signature of the file; the figures of its evaluation and what the gate said."""

    model: str
    sources: str
    made: str
    seconds: float
    versions: Dict[str, str] = dataclasses.field(default_factory=dict)
    sha256: str = ""
    signature: str = ""
    scores: Dict[str, Any] = dataclasses.field(default_factory=dict)
    gate: Optional[Dict[str, Any]] = None
    overruled: Optional[Dict[str, str]] = None


class TrainingFailed(CommandError):
    """Rasa could not train; its own last words are the message."""

    exit_code = 5


class ModelRefused(CommandError):
    """A model's file is not what its manifest says, or nobody with the station's secret has signed it."""

    exit_code = 5


def source_files() -> Iterator[pathlib.Path]:
    """Everything a model depends on, in a fixed order."""
    yield from (ROOT / name for name in ("config.yml", "domain.yml", "requirements.lock"))
    folders = ((DATA, "**/*.yml"), (DATA, "**/*.txt"), (ROOT / "var/dictionary", "*.txt"), (ROOT / "bot/nlu", "*.py"))
    for folder, pattern in folders:
        yield from sorted(folder.glob(pattern))


def sources_hash() -> str:
    """SHA-256 over names and contents of source_files()."""
    digest = hashlib.sha256()
    for path in source_files():
        base = DATA.parent if DATA in path.parents else ROOT
        digest.update(str(path.relative_to(base)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def live_manifest() -> Optional[Manifest]:
    """The live model's manifest, or None where no model is live."""
    return read_manifest("live.tar.gz")


def read_manifest(model: str, folder: pathlib.Path = MODELS) -> Optional[Manifest]:
    """A model's manifest, or None where there is none that can be read."""
    try:
        return Manifest(**json.loads((folder / model.replace(".tar.gz", ".json")).read_text(encoding="utf-8")))
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
    os.environ.update(RASA_TELEMETRY_ENABLED="false", TF_CPP_MIN_LOG_LEVEL="3", SQLALCHEMY_SILENCE_UBER_WARNING="1",
                      LOG_LEVEL="ERROR")  # Rasa shows its own bars at any other level
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
                domain=str(ROOT / "domain.yml"), config=str(ROOT / "config.yml"), training_files=str(DATA),
                output=str(folder), force_training=force, fixed_model_name=name,
            )
        except (RasaException, SystemExit, ValueError) as error:
            raise TrainingFailed(f"training failed: {error or words.getvalue().strip()[-300:]}") from error
    if result.code != 0 or not result.model:
        raise TrainingFailed(f"training failed: {words.getvalue().strip()[-300:]}")
    made = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    file = pathlib.Path(result.model)
    return Manifest(file.name, sources, made, round(time.monotonic() - began, 1), _versions(), _sha256(file))


def _versions() -> Dict[str, str]:
    import importlib.metadata

    return {name: importlib.metadata.version(name) for name in ("rasa", "scikit-learn", "jieba", "weijing")}


def _sha256(path: pathlib.Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def signed(manifest: Manifest, secret: str) -> Manifest:
    """The manifest with the station's signature over the file and what it was made from."""
    return dataclasses.replace(manifest, signature=_signature(manifest, secret))


def _signature(manifest: Manifest, secret: str) -> str:
    key = hmac.new(secret.encode(), b"models", hashlib.sha256).digest()
    return hmac.new(key, f"{manifest.model} {manifest.sha256} {manifest.sources}".encode(), hashlib.sha256).hexdigest()


def check_model(manifest: Manifest, secret: Optional[str], folder: pathlib.Path = MODELS) -> pathlib.Path:
    """The model's file, when it is what was trained here; raises ModelRefused. Without `secret` anybody's signature
    will do: development's secret is made anew on each machine."""
    path = folder / manifest.model
    if not path.exists():
        raise ModelMissing(f"{manifest.model} is not in models/: train again or roll back to another")
    if _sha256(path) != manifest.sha256:
        raise ModelRefused(f"{manifest.model} was changed after it was trained: train again (`weijing train --force`), "
                           "or, where it is live, `weijing rollback`")
    wanted = _signature(manifest, secret) if secret else manifest.signature
    if not manifest.signature or not hmac.compare_digest(manifest.signature, wanted):
        raise ModelRefused(f"{manifest.model} has no signature of this station's WEIJING_SECRET: train again here "
                           "(`weijing train --force`), or set the secret under which it was trained")
    return path


def save_manifest(manifest: Manifest, folder: pathlib.Path = MODELS) -> None:
    """Writes it beside its model, and again as the live one's where it is live."""
    names = [manifest.model]
    live = read_manifest("live.tar.gz", folder)
    if live is not None and live.model == manifest.model:
        names.append("live.tar.gz")
    for name in names:
        draft = folder / f"{name}.draft"
        draft.write_text(json.dumps(dataclasses.asdict(manifest), indent=1, ensure_ascii=False), encoding="utf-8")
        draft.replace(folder / name.replace(".tar.gz", ".json"))


def candidates(folder: pathlib.Path = MODELS) -> List[Manifest]:
    """All models with a manifest, newest first."""
    found = (read_manifest(path.name.replace(".json", ".tar.gz"), folder) for path in folder.glob("weijing-*.json"))
    return sorted((m for m in found if m and (folder / m.model).exists()), key=lambda m: m.model, reverse=True)


def previous_live(folder: pathlib.Path = MODELS) -> Optional[Manifest]:
    """The model that was live before the present one."""
    before = _before(folder)
    return read_manifest(before[-1], folder) if before else None


def _before(folder: pathlib.Path) -> List[str]:
    """Names of what was live, without what is: a change that was broken off may have noted that already."""
    live = read_manifest("live.tar.gz", folder)
    try:
        return [name for name in json.loads((folder / HISTORY).read_text()) if live is None or name != live.model]
    except (FileNotFoundError, ValueError):
        return []


def models_in_use(folder: pathlib.Path = MODELS, var: pathlib.Path = VAR) -> Set[str]:
    """Files of the live model, of those one can go back to, and of those that a process has loaded."""
    live = read_manifest("live.tar.gz", folder)
    loaded = {path.read_text(encoding="utf-8").strip() for path in var.glob("*.model")}
    return {*_before(folder), *loaded} | ({live.model} if live else set())


def step_back(folder: pathlib.Path = MODELS) -> None:
    """The live model is the one before; what was live is not gone back to."""
    live, before = read_manifest("live.tar.gz", folder), previous_live(folder)
    if live is None or before is None:
        raise ModelMissing("there is no model before this one")
    left = _before(folder)[:-1]
    _go_live(before, folder)
    _write(folder / HISTORY, json.dumps(left))


def _remember(folder: pathlib.Path, coming: str) -> None:
    live = read_manifest("live.tar.gz", folder)
    if live is not None and live.model != coming and (folder / live.model).exists():
        save_manifest(live, folder)
        _write(folder / HISTORY, json.dumps([*_before(folder), live.model][-KEPT:]))


def _write(path: pathlib.Path, text: str) -> None:
    draft = path.with_name(path.name + ".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def slot_file(slot: str) -> pathlib.Path:
    """Names the model that a Rasa process is to load or has loaded; without it the live one."""
    return VAR / f"{slot}.model"


def model_of_slot(slot: str) -> Manifest:
    """The manifest of what the process of this slot loads; raises ModelMissing."""
    path = slot_file(slot)
    manifest = (read_manifest(path.read_text().strip()) if path.exists() else None) or live_manifest()
    if manifest is None:
        raise ModelMissing("no trained model in models/: run `weijing train` (about a minute)")
    return manifest


def put_live(manifest: Manifest, folder: pathlib.Path = MODELS) -> None:
    """Make a trained model the live one; what was live comes into the history."""
    _remember(folder, manifest.model)
    save_manifest(manifest, folder)
    _go_live(manifest, folder)


def _go_live(manifest: Manifest, folder: pathlib.Path) -> None:
    """live.json alone says which model is live, and changes in one step; the link follows."""
    _write(folder / "live.json", json.dumps(dataclasses.asdict(manifest), indent=1, ensure_ascii=False))
    link_live(folder)


def link_live(folder: pathlib.Path = MODELS) -> None:
    """`live.tar.gz` leads to the live model, also after a change that was broken off between the two."""
    live = read_manifest("live.tar.gz", folder)
    if live is None or not (folder / live.model).exists():
        return
    draft = folder / "live.draft"
    draft.unlink(missing_ok=True)
    draft.symlink_to(live.model)
    draft.replace(folder / LIVE.name)
