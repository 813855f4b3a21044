from __future__ import annotations

import dataclasses
import hashlib
import json
import multiprocessing
import pathlib
import random
from typing import List

import pytest

from bot.models import (
    Manifest,
    ModelMissing,
    ModelRefused,
    candidates,
    check_model,
    link_live,
    previous_live,
    put_live,
    read_manifest,
    save_manifest,
    signed,
    step_back,
)

SECRET, OTHER = "a" * 40, "b" * 40


def made(folder: pathlib.Path, name: str) -> Manifest:
    (folder / f"{name}.tar.gz").write_bytes(name.encode())
    digest = hashlib.sha256(name.encode()).hexdigest()
    manifest = signed(Manifest(f"{name}.tar.gz", "sources", f"2026-05-0{name[-1]}", 1.0, sha256=digest), SECRET)
    save_manifest(manifest, folder)
    return manifest


def test_a_model_that_was_changed_on_disk_is_refused(tmp_path: pathlib.Path) -> None:
    manifest = made(tmp_path, "weijing-1")
    assert check_model(manifest, SECRET, tmp_path) == tmp_path / "weijing-1.tar.gz"
    (tmp_path / "weijing-1.tar.gz").write_bytes(b"something else")
    for secret in (SECRET, None):
        with pytest.raises(ModelRefused, match="was changed"):
            check_model(manifest, secret, tmp_path)


def test_a_model_of_another_station_is_refused_even_with_its_own_manifest(tmp_path: pathlib.Path) -> None:
    manifest = made(tmp_path, "weijing-1")
    with pytest.raises(ModelRefused, match="no signature"):
        check_model(manifest, OTHER, tmp_path)
    with pytest.raises(ModelRefused, match="no signature"):
        check_model(dataclasses.replace(manifest, sources="others"), SECRET, tmp_path)


def test_a_model_without_a_signature_is_refused_in_development_too(tmp_path: pathlib.Path) -> None:
    manifest = dataclasses.replace(made(tmp_path, "weijing-1"), signature="")
    for secret in (SECRET, None):
        with pytest.raises(ModelRefused, match="no signature"):
            check_model(manifest, secret, tmp_path)


def test_a_missing_model_says_so(tmp_path: pathlib.Path) -> None:
    manifest = made(tmp_path, "weijing-1")
    (tmp_path / manifest.model).unlink()
    with pytest.raises(ModelMissing):
        check_model(manifest, SECRET, tmp_path)


def test_one_steps_back_through_what_was_live(tmp_path: pathlib.Path) -> None:
    first, second, third = (made(tmp_path, f"weijing-{number}") for number in (1, 2, 3))
    for manifest in (first, second, third):
        put_live(manifest, tmp_path)
    assert previous_live(tmp_path) == second
    step_back(tmp_path)
    assert read_manifest("live.tar.gz", tmp_path) == second
    assert (tmp_path / "live.tar.gz").resolve().name == second.model
    step_back(tmp_path)
    assert read_manifest("live.tar.gz", tmp_path) == first
    with pytest.raises(ModelMissing):
        step_back(tmp_path)


def test_scores_are_kept_with_the_live_manifest_too(tmp_path: pathlib.Path) -> None:
    first = made(tmp_path, "weijing-1")
    put_live(first, tmp_path)
    save_manifest(dataclasses.replace(first, gate={"passed": True, "reasons": []}), tmp_path)
    live = read_manifest("live.tar.gz", tmp_path)
    assert live is not None
    assert live.gate == {"passed": True, "reasons": []}
    assert [each.model for each in candidates(tmp_path)] == ["weijing-1.tar.gz"]


def test_a_manifest_without_a_hash_is_refused_with_the_cure(tmp_path: pathlib.Path) -> None:
    manifest = dataclasses.replace(made(tmp_path, "weijing-1"), sha256="")
    for secret in (SECRET, None):
        with pytest.raises(ModelRefused, match="weijing train --force"):
            check_model(manifest, secret, tmp_path)


def test_a_promotion_broken_off_after_the_note_is_not_gone_back_to_itself(tmp_path: pathlib.Path) -> None:
    first, second = made(tmp_path, "weijing-1"), made(tmp_path, "weijing-2")
    put_live(first, tmp_path)
    put_live(second, tmp_path)
    (tmp_path / "history.json").write_text(json.dumps([first.model, second.model]))
    assert previous_live(tmp_path) == first
    step_back(tmp_path)
    assert read_manifest("live.tar.gz", tmp_path) == first
    assert previous_live(tmp_path) is None


def test_a_rollback_broken_off_before_the_note_goes_no_further_back_than_it_should(tmp_path: pathlib.Path) -> None:
    first, second, third = (made(tmp_path, f"weijing-{number}") for number in (1, 2, 3))
    for manifest in (first, second, third):
        put_live(manifest, tmp_path)
    (tmp_path / "live.json").write_text((tmp_path / "weijing-2.json").read_text())  # the note still names the second
    assert previous_live(tmp_path) == first


def test_the_link_follows_what_live_json_says(tmp_path: pathlib.Path) -> None:
    first, second = made(tmp_path, "weijing-1"), made(tmp_path, "weijing-2")
    put_live(first, tmp_path)
    (tmp_path / "live.json").write_text((tmp_path / "weijing-2.json").read_text())
    link_live(tmp_path)
    assert (tmp_path / "live.tar.gz").resolve().name == second.model


def changes_for_ever(folder: pathlib.Path, manifests: List[Manifest]) -> None:
    while True:
        for manifest in manifests:
            put_live(manifest, folder)
        step_back(folder)


@pytest.mark.flaky(reruns=0)
def test_whenever_a_change_is_killed_one_model_is_live_and_another_one_before_it(tmp_path: pathlib.Path) -> None:
    manifests, chance = [made(tmp_path, f"weijing-{number}") for number in (1, 2, 3)], random.Random(7)
    put_live(manifests[0], tmp_path)
    for _ in range(30):
        process = multiprocessing.get_context("fork").Process(target=changes_for_ever, args=(tmp_path, manifests))
        process.start()
        process.join(chance.uniform(0.005, 0.06))
        process.kill()
        process.join()
        link_live(tmp_path)
        live = read_manifest("live.tar.gz", tmp_path)
        assert live is not None
        assert check_model(live, SECRET, tmp_path) == (tmp_path / "live.tar.gz").resolve()
        assert previous_live(tmp_path) != live
