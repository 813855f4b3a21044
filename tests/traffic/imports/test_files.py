from __future__ import annotations

import datetime
import pathlib
from typing import List

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from bot.settings import load_station
from tests.traffic.conftest import add_driver
from tests.traffic.imports.rows import VEHICLE, VIOLATION, counts, stored, violations, write
from traffic.database import open_engine, writing
from traffic.errors import ImportRefused
from traffic.imports import column_maps, files
from traffic.imports.column_maps import KINDS, column_map
from traffic.imports.files import BadRow, import_file
from traffic.imports.ledger import ImportBadRow, ImportRun
from traffic.tables import metadata
from traffic.vehicles import Vehicle
from traffic.violations import Violation


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encoding_and_delimiter_are_found_out(
    sqlite_engine: Engine, tmp_path: pathlib.Path, encoding: str, delimiter: str
) -> None:
    report = import_file(sqlite_engine, "violations", write(tmp_path / "v.csv", violations(3), encoding, delimiter))
    assert counts(report) == (3, 3, 3, 0)
    assert stored(sqlite_engine, Violation)[0].place == "杜桥大道"


def test_a_violation_arrives_with_everything(engine: Engine, tmp_path: pathlib.Path) -> None:
    with writing(engine) as session:
        driver = add_driver(session)
    row = {
        **VIOLATION,
        "驾驶证号": driver.license_number,
        "处理时间": "2026年8月5日",
        "缴款日期": "20260806",
        "罚款金额": "¥1,150.50",
    }
    import_file(engine, "violations", write(tmp_path / "v.csv", [row]))
    [got] = stored(engine, Violation)
    assert got.happened_at == datetime.datetime(2026, 8, 3, 1, 30, tzinfo=datetime.timezone.utc)
    assert (got.fine_fen, got.decided_on, got.paid_on) == (115050, datetime.date(2026, 8, 5), datetime.date(2026, 8, 6))
    assert (got.driver_id, got.province, got.state) == (driver.id, "浙江", "paid")
    assert [(v.plate, v.plate_type, v.frame_tail, v.state) for v in stored(engine, Vehicle)] == [
        ("浙JA1234", "02", None, "normal")
    ]


def test_a_second_run_and_a_copy_of_the_file_change_nothing(engine: Engine, tmp_path: pathlib.Path) -> None:
    path = write(tmp_path / "v.csv", violations(5))
    import_file(engine, "violations", path)
    again = import_file(engine, "violations", path)
    assert (again.already, counts(again)) == (True, (5, 5, 0, 0))
    copy = write(tmp_path / "copy.csv", violations(5), "gb18030")
    assert counts(import_file(engine, "violations", copy)) == (5, 5, 0, 0)


def test_a_later_file_closes_what_was_paid_and_an_older_one_opens_nothing(
    engine: Engine, tmp_path: pathlib.Path
) -> None:
    import_file(engine, "violations", write(tmp_path / "1.csv", violations(3)))
    paid = violations(3, 处理时间="2026-08-04", 缴款日期="2026-08-05")
    assert import_file(engine, "violations", write(tmp_path / "2.csv", paid)).written == 3
    older = violations(3, 处理时间="2026-08-04", 违法地址="解放路")
    import_file(engine, "violations", write(tmp_path / "3.csv", older))
    assert {(v.state, v.place) for v in stored(engine, Violation)} == {("paid", "解放路")}


def test_a_file_without_the_city_gets_the_stations_own_and_changes_none_that_is_known(
    engine: Engine, tmp_path: pathlib.Path
) -> None:
    elsewhere = {**VIOLATION, "违法编号": "1", "城市": "杭州", "违法省份": "浙江省"}
    assert import_file(engine, "violations", write(tmp_path / "1.csv", [elsewhere])).assumed == {}
    lacking = [{k: v for k, v in row.items() if k != "城市"} for row in violations(3, 违法地址="解放路")]
    report = import_file(engine, "violations", write(tmp_path / "2.csv", lacking))
    assert (counts(report), report.assumed) == ((3, 3, 3, 0), {"违法城市": "台州", "违法省份": "浙江"})
    assert {(v.record_number, v.city, v.province, v.place) for v in stored(engine, Violation)} == {
        ("0", "台州", "浙江", "解放路"), ("1", "杭州", "浙江省", "解放路"), ("2", "台州", "浙江", "解放路")}


@pytest.mark.parametrize(("plate", "kind"), [("浙JD12345", "52"), ("浙J12345D", "51"), ("浙JA1234", "02")])
def test_of_a_file_without_the_kind_of_plate_a_green_one_stays_the_vehicle_that_its_driver_has_bound(
    engine: Engine, tmp_path: pathlib.Path, plate: str, kind: str
) -> None:
    import_file(engine, "vehicles", write(tmp_path / "v.csv", [{**VEHICLE, "号牌号码": plate, "号牌种类": kind}]))
    import_file(engine, "violations", write(tmp_path / "x.csv", [{**VIOLATION, "号牌号码": plate}]))
    empty = {**VIOLATION, "违法编号": "2", "号牌号码": plate, "号牌种类": ""}
    import_file(engine, "violations", write(tmp_path / "y.csv", [empty]))
    [vehicle] = stored(engine, Vehicle)
    assert (vehicle.plate_type, {v.vehicle_id for v in stored(engine, Violation)}) == (kind, {vehicle.id})


def test_a_station_without_a_city_must_have_it_in_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    named = load_station().copy(update={"city": ""})
    monkeypatch.setattr(column_maps, "load_station", lambda: named)
    columns = {column.name: column for column in column_maps.column_map.__wrapped__("violations").columns}
    assert (columns["city"].required, columns["province"].required) == (True, False)


def test_bad_rows_are_told_by_line_and_reason_and_the_others_go_in(engine: Engine, tmp_path: pathlib.Path) -> None:
    rows = [
        VIOLATION,
        {**VIOLATION, "违法编号": "2", "号牌号码": "浙J12"},
        {**VIOLATION, "违法编号": "3", "违法时间": "2026-13-01"},
        {**VIOLATION, "违法编号": ""},
        {**VIOLATION, "违法编号": "5", "罚款金额": "很多"},
        {**VIOLATION, "违法编号": "6", "城市": "长" * 21},
        {**VIOLATION, "违法编号": "7", "记分": "-3"},
        {**VIOLATION, "违法编号": "8"},
    ]
    report = import_file(engine, "violations", write(tmp_path / "v.csv", rows))
    assert counts(report) == (8, 2, 2, 6)
    assert report.bad == [
        BadRow(3, "号牌号码: not a number plate (too_short)"),
        BadRow(4, "违法时间: not a date like 2026-08-03 or 2026-08-03 09:30"),
        BadRow(5, "违法编号: is empty"),
        BadRow(6, "罚款金额: not an amount in yuan"),
        BadRow(7, "违法城市: longer than 20 characters"),
        BadRow(8, "记分: not a whole number"),
    ]
    assert [(bad.line, bad.reason) for bad in stored(engine, ImportBadRow)] == [(b.line, b.reason) for b in report.bad]


def test_a_reason_never_repeats_what_the_field_held(sqlite_engine: Engine, tmp_path: pathlib.Path) -> None:
    rows = [{**VIOLATION, "驾驶证号": "12345SECRET", "号牌号码": "浙JA1234"}]
    report = import_file(sqlite_engine, "violations", write(tmp_path / "v.csv", rows))
    assert report.bad_count == 1
    assert "SECRET" not in report.bad[0].reason


def test_rows_of_another_width_and_unreadable_ones_are_bad(sqlite_engine: Engine, tmp_path: pathlib.Path) -> None:
    path = write(tmp_path / "v.csv", violations(2), "gb18030")
    lines = path.read_bytes().splitlines()
    path.write_bytes(
        b"\r\n".join(
            [
                lines[0],
                lines[1],
                b"7,8",
                b"",
                lines[2] + b",,",
                lines[1] + b",x",
                lines[2].replace("杜".encode("gb18030"), b"\xff"),
            ]
        )
    )
    report = import_file(sqlite_engine, "violations", path)
    assert [bad.line for bad in report.bad] == [3, 6, 7]
    assert report.good == 2


def test_titles_above_the_header_and_what_exports_add_to_its_names_do_no_harm(
    sqlite_engine: Engine, tmp_path: pathlib.Path
) -> None:
    path = write(tmp_path / "v.csv", violations(2), "gb18030")
    text = path.read_text("gb18030").replace("罚款金额", "罚款 金额（元）").replace("号牌号码", "* 号牌号码")
    path.write_text("某支队违法导出\n" + text, "gb18030")
    assert counts(import_file(sqlite_engine, "violations", path)) == (2, 2, 2, 0)


def test_a_number_that_excel_rounded_is_refused_and_one_it_was_kept_from_rounding_is_read(
    sqlite_engine: Engine, tmp_path: pathlib.Path
) -> None:
    rows = [{**VIOLATION, "违法编号": number} for number in ("3.31E+15", '="0123"', "'0124")]
    report = import_file(sqlite_engine, "violations", write(tmp_path / "v.csv", rows))
    assert [bad.line for bad in report.bad] == [2]
    assert "rounded by Excel" in report.bad[0].reason
    assert [v.record_number for v in stored(sqlite_engine, Violation)] == ["0123", "0124"]


def test_a_quotation_mark_that_never_closes_and_a_zero_byte_spoil_their_own_rows_only(
    sqlite_engine: Engine, tmp_path: pathlib.Path
) -> None:
    lines = write(tmp_path / "v.csv", violations(6)).read_text("utf-8").splitlines()
    lines[2] = lines[2].replace("杜桥大道", '"杜桥大道')
    lines[4] = lines[4].replace("杜桥大道", "杜桥\0大道")
    lines[5] = lines[5].replace("杜桥大道", '"杜桥\n大道"')
    (tmp_path / "v.csv").write_text("\n".join(lines), "utf-8")
    report = import_file(sqlite_engine, "violations", tmp_path / "v.csv")
    assert ([bad.line for bad in report.bad], report.good) == ([3, 5], 4)
    assert {v.place for v in stored(sqlite_engine, Violation)} == {"杜桥大道", "杜桥\n大道"}


@pytest.mark.parametrize(
    ("head", "said"),
    [(b"\xd0\xcf\x11\xe0", "old Excel"), (b"%PDF-1.4", "a PDF"), (b"<html>", "a web page"), (b"\0\1\2\3", "no text")],
)
def test_what_is_no_table_is_called_by_its_name(
    sqlite_engine: Engine, tmp_path: pathlib.Path, head: bytes, said: str
) -> None:
    (tmp_path / "v.csv").write_bytes(head + bytes(range(5)) * 100)
    with pytest.raises(ImportRefused, match=said):
        import_file(sqlite_engine, "violations", tmp_path / "v.csv")


def test_an_excel_file_with_real_dates_and_numbers(engine: Engine, tmp_path: pathlib.Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(list(VIOLATION))
    sheet.append(
        [
            1,
            "浙JA1234",
            datetime.datetime(2026, 8, 3, 9, 30),
            "路",
            "台州",
            1039,
            "违停",
            150,
            3,
            None,
            datetime.date(2026, 8, 4),
        ]
    )
    sheet.append([None] * 11)
    sheet.append([2, "坏", None, None, None, None, None, None, None, None, None])
    book.save(tmp_path / "v.xlsx")
    report = import_file(engine, "violations", tmp_path / "v.xlsx")
    assert (counts(report), report.bad[0].line) == ((2, 1, 1, 1), 4)
    [got] = stored(engine, Violation)
    assert (got.fine_fen, got.points, got.decided_on, got.happened_at.hour) == (15000, 3, datetime.date(2026, 8, 4), 1)


def test_a_dry_run_tells_the_same_and_leaves_nothing(engine: Engine, tmp_path: pathlib.Path) -> None:
    path = write(tmp_path / "v.csv", [*violations(3), {**VIOLATION, "号牌号码": "坏"}])
    told = import_file(engine, "violations", path, dry_run=True)
    assert [stored(engine, table) for table in (Violation, Vehicle, ImportRun, ImportBadRow)] == [[], [], [], []]
    assert counts(told) == counts(import_file(engine, "violations", path)) == (4, 3, 3, 1)


def test_broken_off_it_continues_where_it_was(
    engine: Engine, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BATCH", 4)
    rows = violations(10)
    rows[1]["号牌号码"] = rows[9]["号牌号码"] = "坏"
    path = write(tmp_path / "v.csv", rows)

    def stop(done: int, total: int, name: str) -> None:
        assert 0 < done <= total
        assert name == "v.csv"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_file(engine, "violations", path, progress=stop)
    assert len(stored(engine, Violation)) == 3
    report = import_file(engine, "violations", path)
    assert (report.resumed_at, report.rows, report.good, [bad.line for bad in report.bad]) == (4, 10, 8, [3, 11])
    assert len(stored(engine, Violation)) == 8


def test_the_same_record_twice_in_a_file_counts_as_the_last(engine: Engine, tmp_path: pathlib.Path) -> None:
    rows = [VIOLATION, {**VIOLATION, "违法地址": "解放路"}]
    report = import_file(engine, "violations", write(tmp_path / "v.csv", rows))
    assert [v.place for v in stored(engine, Violation)] == ["解放路"]
    assert counts(report) == (2, 2, 1, 0)


def test_what_cannot_be_imported_at_all_is_refused_with_the_cure(sqlite_engine: Engine, tmp_path: pathlib.Path) -> None:
    path = write(tmp_path / "v.csv", [{"号牌号码": "浙JA1234", "罚款金额": "1"}])
    for kind, file, said in (
        ("violations", path, "columns are missing: 违法编号 or 违法序号"),
        ("nonsense", path, "there is bulletins, cameras"),
        ("violations", tmp_path / "no.csv", "no.csv cannot be read"),
    ):
        with pytest.raises(ImportRefused, match=said):
            import_file(sqlite_engine, kind, file)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "false.xlsx").write_bytes(b"no zip")
    for name, said in (("empty.csv", "file is empty"), ("false.xlsx", "is not an Excel file")):
        with pytest.raises(ImportRefused, match=said):
            import_file(sqlite_engine, "violations", tmp_path / name)


@pytest.mark.parametrize("kind", KINDS)
def test_every_map_fits_its_table(kind: str) -> None:
    columns = column_map(kind)
    table = metadata.tables[columns.table]
    helping = {ours for reference in columns.references for ours in reference.match.values()}
    assert {c.name for c in columns.columns} <= set(table.columns.keys()) | helping
    needed = {
        c.name
        for c in table.columns
        if not c.nullable and c.server_default is None and c.default is None and not c.primary_key
    }
    given_by = {c.name for c in columns.columns if c.required} | {r.column for r in columns.references}
    assert needed <= given_by | {"fine_fen", "city", "province"}


fields = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(fields, min_size=11, max_size=11), min_size=1, max_size=4))
def test_whatever_a_file_holds_every_row_is_good_or_bad(tmp_path: pathlib.Path, rows: List[List[str]]) -> None:
    engine = open_engine("sqlite://")
    metadata.create_all(engine)
    quoted = (
        ",".join(f'"{field.replace(chr(34), chr(34) * 2)}"' for field in row)
        for row in [list(VIOLATION), list(VIOLATION.values()), *rows]
    )
    (tmp_path / "v.csv").write_bytes("\n".join(quoted).encode())
    report = import_file(engine, "violations", tmp_path / "v.csv")
    assert report.good + report.bad_count == report.rows
    assert len(stored(engine, Violation)) >= 1
    engine.dispose()
