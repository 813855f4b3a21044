from __future__ import annotations

import pathlib

import pytest
import typer

from bot.commands import records
from traffic.imports.files import BadRow, Report


def test_two_files_of_one_name_have_each_their_own_report_of_bad_rows(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, line in (("v.csv", 3), ("v.xlsx", 7)):
        report = Report("violations", name, rows=9, good=8, bad_count=1, bad=[BadRow(line, "记分: is empty")])
        with pytest.raises(typer.Exit):
            records._tell(report, tmp_path / name, dry_run=False)
    told = {path.name: path.read_text("utf-8-sig").splitlines()[1] for path in tmp_path.iterdir()}
    assert told == {"v.csv.bad-rows.csv": "3,记分: is empty", "v.xlsx.bad-rows.csv": "7,记分: is empty"}
    assert str(tmp_path / "v.xlsx.bad-rows.csv") in capsys.readouterr().out


def test_what_a_file_lacks_and_the_station_knows_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    records._tell(Report("violations", "v.csv", assumed={"违法城市": "台州"}), pathlib.Path("v.csv"), dry_run=False)
    assert "违法城市: new rows have 台州" in capsys.readouterr().out
