from __future__ import annotations

import datetime
import pathlib

import openpyxl
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from tests.traffic.imports.rows import VEHICLE, VIOLATION, counts, stored, write
from traffic.bindings import bind_vehicle, bound_vehicles
from traffic.database import reading, utc_now, writing
from traffic.demo.town import build_town
from traffic.drivers import Driver
from traffic.imports.files import BadRow, import_file
from traffic.points import PointRecord
from traffic.road_conditions import BulletinRow
from traffic.slot_opening import open_sites
from traffic.slots import SlotRow
from traffic.speed_cameras import SpeedCamera
from traffic.vehicles import Vehicle


def test_only_the_tail_of_a_frame_number_is_kept(engine: Engine, tmp_path: pathlib.Path) -> None:
    import_file(engine, "vehicles", write(tmp_path / "v.csv", [VEHICLE]))
    [got] = stored(engine, Vehicle)
    assert (got.frame_tail, got.kind, got.use, got.registered_on) == (
        "123456",
        "small_car",
        "private",
        datetime.date(2020, 3, 5),
    )


def test_a_plate_on_another_car_ends_the_old_binding(engine: Engine, tmp_path: pathlib.Path) -> None:
    import_file(engine, "vehicles", write(tmp_path / "1.csv", [VEHICLE]))
    with writing(engine) as session:
        bind_vehicle(session, "anna", "浙JA1234", "123456", utc_now())
    import_file(engine, "vehicles", write(tmp_path / "2.csv", [{**VEHICLE, "核定载客": "7"}]))
    with reading(engine) as session:
        assert len(bound_vehicles(session, "anna")) == 1
    import_file(engine, "vehicles", write(tmp_path / "3.csv", [{**VEHICLE, "车架号": "777777"}]))
    with reading(engine) as session:
        assert bound_vehicles(session, "anna") == []


def test_drivers_and_then_their_points(engine: Engine, tmp_path: pathlib.Path) -> None:
    driver = {
        "驾驶证号": "33999919900101001x",
        "姓名": "测试甲",
        "档案编号": "330000654321",
        "初次领证日期": "2020-05-10",
    }
    import_file(engine, "drivers", write(tmp_path / "d.csv", [driver]))
    [got] = stored(engine, Driver)
    assert (got.license_number, got.file_tail, got.license_class) == ("33999919900101001X", "654321", "C1")
    point = {
        "记分编号": "1",
        "驾驶证号": "33999919900101001X",
        "记分日期": "2026-08-03",
        "记分": "6",
        "违法行为": "1625",
        "违法行为名称": "闯红灯",
        "违法地址": "路",
    }
    rows = [point, {**point, "记分编号": "2", "驾驶证号": "339999199001010099"}]
    report = import_file(engine, "points", write(tmp_path / "p.csv", rows))
    unknown = BadRow(3, "no such record in drivers: import drivers first")
    assert (counts(report), report.bad) == ((2, 1, 1, 1), [unknown])
    assert [(p.driver_id, p.points) for p in stored(engine, PointRecord)] == [(got.id, 6)]


def test_cameras_bulletins_and_slots_find_roads_places_and_sites_by_name(
    engine: Engine, tmp_path: pathlib.Path
) -> None:
    with writing(engine) as session:
        build_town(session, datetime.date(2026, 8, 3))
        open_sites(session)
    before = [len(stored(engine, table)) for table in (SpeedCamera, BulletinRow, SlotRow)]
    camera = {
        "编号": "c1",
        "道路": "G15",
        "位置": "桥头",
        "类型": "区间",
        "限速": "100",
        "纬度": "28.7",
        "经度": "121.5",
    }
    bulletin = {
        "编号": "b1",
        "道路": "75省道",
        "起点": "白沙",
        "终点": "杜桥镇",
        "类型": "施工",
        "原因": "修路",
        "开始时间": "2026-08-03 07:00",
    }
    slot = {
        "窗口": "inspection_site",
        "开始时间": "2026-09-01 08:30",
        "结束时间": "2026-09-01 09:00",
        "时段": "上午",
        "名额": "4",
    }
    for kind, row in (("cameras", camera), ("bulletins", bulletin), ("slots", slot)):
        bad = {**row, next(iter(row)): "x", **({"道路": "没有路"} if "道路" in row else {})}
        report = import_file(engine, kind, write(tmp_path / f"{kind}.csv", [row, bad]))
        assert (kind, report.good, report.bad_count) == (kind, 1, 1)
    after = [len(stored(engine, table)) for table in (SpeedCamera, BulletinRow, SlotRow)]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 1, 1]


def test_a_capacity_never_falls_below_what_is_booked(engine: Engine, tmp_path: pathlib.Path) -> None:
    slot = {
        "窗口": "inspection",
        "开始时间": "2026-09-01 08:30",
        "结束时间": "2026-09-01 09:00",
        "时段": "上午",
        "名额": "4",
    }
    with writing(engine) as session:
        open_sites(session)
    import_file(engine, "slots", write(tmp_path / "1.csv", [slot]))
    with writing(engine) as session:
        session.execute(sa.update(SlotRow).values(booked=3))
    import_file(engine, "slots", write(tmp_path / "2.csv", [{**slot, "名额": "1"}]))
    assert [row.capacity for row in stored(engine, SlotRow)] == [3]


def test_what_ends_before_it_begins_or_has_not_happened_is_bad(engine: Engine, tmp_path: pathlib.Path) -> None:
    with writing(engine) as session:
        build_town(session, datetime.date(2026, 8, 3))
        open_sites(session)
    slot = {"窗口": "杜桥机动车检测站", "开始时间": "2026-12-28 09:00", "结束时间": "2026-12-28 08:30", "时段": "上午",
            "号源数": "6个"}
    report = import_file(engine, "slots", write(tmp_path / "s.csv", [slot]))
    assert report.bad == [BadRow(2, "结束时间: not after 开始时间")]
    tomorrow = (utc_now() + datetime.timedelta(days=3)).strftime("%Y-%m-%d %H:%M")
    report = import_file(engine, "violations", write(tmp_path / "v.csv", [{**VIOLATION, "违法时间": tomorrow}]))
    assert report.bad == [BadRow(2, "违法时间: is in the future")]


def test_exchanged_degrees_are_named_and_units_are_read(engine: Engine, tmp_path: pathlib.Path) -> None:
    with writing(engine) as session:
        build_town(session, datetime.date(2026, 8, 3))
    camera = {"编号": "C1", "道路": "75省道", "位置": "12公里", "类型": "固定",
              "限速": "80公里/小时", "纬度": "28.71", "经度": "121.52"}
    turned = {**camera, "编号": "C2", "纬度": "121.52", "经度": "28.71"}
    report = import_file(engine, "cameras", write(tmp_path / "c.csv", [camera, turned]))
    assert [row.reason.split(":")[0] for row in report.bad] == ["纬度"]
    brought = [got for got in stored(engine, SpeedCamera) if got.source_number in ("C1", "C2")]
    assert [(got.limit_kmh, got.latitude) for got in brought] == [(80, 28.71)]


def test_the_sheet_that_has_the_columns_is_read(engine: Engine, tmp_path: pathlib.Path) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["本表由系统导出", "号牌号码"])
    sheet = book.create_sheet("机动车")
    sheet.append(["车辆信息", None, "证件"])
    sheet.append(list(VEHICLE))
    sheet.append(list(VEHICLE.values()))
    book.save(tmp_path / "v.xlsx")
    assert import_file(engine, "vehicles", tmp_path / "v.xlsx").bad == []
    assert len(stored(engine, Vehicle)) == 1


def test_rows_that_lacked_their_driver_go_in_when_the_file_is_read_again(engine: Engine,
                                                                              tmp_path: pathlib.Path) -> None:
    point = {"记分编号": "1", "驾驶证号": "33999919900101001X", "记分日期": "2026-08-03", "记分": "6",
             "违法行为": "1625",
             "违法行为名称": "闯红灯", "违法地点": "杜桥大道"}
    driver = {"驾驶证号": "33999919900101001x", "姓名": "测试甲", "档案编号": "330000654321",
              "初次领证日期": "2020-05-10"}
    points = write(tmp_path / "p.csv", [point])
    assert import_file(engine, "points", points).bad_count == 1
    import_file(engine, "drivers", write(tmp_path / "d.csv", [driver]))
    assert import_file(engine, "points", points).already
    assert counts(import_file(engine, "points", points, again=True)) == (1, 1, 1, 0)
    assert counts(import_file(engine, "points", points)) == (1, 1, 0, 0)
    assert len(stored(engine, PointRecord)) == 1


def test_a_licence_number_that_excel_rounded_is_bad(engine: Engine, tmp_path: pathlib.Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["驾驶证号", "姓名", "档案编号", "初次领证日期"])
    sheet.append([339999199001010000, "测试甲", 330000654321, "2020-05-10"])
    book.save(tmp_path / "d.xlsx")
    report = import_file(engine, "drivers", tmp_path / "d.xlsx")
    assert report.bad == [BadRow(2, "驾驶证号: not a licence number of 18 places")]
