from __future__ import annotations

import pathlib

import pytest

from web.vendor import FILES, VendorError, copy_vendor


def install(folder: pathlib.Path) -> pathlib.Path:
    for source in FILES:
        (folder / source).parent.mkdir(parents=True, exist_ok=True)
        (folder / source).write_text(source)
    return folder


def test_every_file_is_copied_once(tmp_path: pathlib.Path) -> None:
    packages, target = install(tmp_path / "node_modules"), tmp_path / "vendor"
    assert copy_vendor(packages, target) == len(FILES)
    assert sorted(path.name for path in target.iterdir()) == sorted(FILES.values())
    assert copy_vendor(packages, target) == 0


def test_a_changed_package_is_copied_again(tmp_path: pathlib.Path) -> None:
    packages, target = install(tmp_path / "node_modules"), tmp_path / "vendor"
    copy_vendor(packages, target)
    (packages / "weui/dist/style/weui.min.css").write_text("newer")
    assert copy_vendor(packages, target) == 1
    assert (target / "weui.min.css").read_text() == "newer"


def test_a_missing_package_is_named_with_its_cure(tmp_path: pathlib.Path) -> None:
    with pytest.raises(VendorError, match="run `npm ci"):
        copy_vendor(tmp_path, tmp_path / "vendor")


def test_the_lock_names_no_registry() -> None:
    lock = (pathlib.Path(__file__).parents[2] / "package-lock.json").read_text()
    assert "://" not in lock
    assert '"resolved"' not in lock
