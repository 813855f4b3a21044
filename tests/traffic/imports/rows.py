"""Rows as police exports have them, and what is stored of them."""

from __future__ import annotations

import csv
import pathlib
from typing import Any, Dict, List

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from traffic.database import reading
from traffic.imports.files import Report

VIOLATION = {
    "违法编号": "1",
    "号牌号码": "浙JA1234",
    "违法时间": "2026-08-03 09:30:00",
    "违法地址": "杜桥大道",
    "城市": "台州",
    "违法行为": "1039",
    "违法行为名称": "违停",
    "罚款金额": "150",
    "记分": "0",
    "缴款日期": "",
    "处理时间": "",
}
VEHICLE = {
    "号牌号码": "浙JA1234",
    "车架号": "LTEST0000A123456",
    "车辆类型": "小型轿车",
    "使用性质": "非营运",
    "核定载客": "5",
    "初次登记日期": "2020/3/5",
}


def write(
    path: pathlib.Path, rows: List[Dict[str, str]], encoding: str = "utf-8", delimiter: str = ","
) -> pathlib.Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def violations(count: int, **changes: str) -> List[Dict[str, str]]:
    return [{**VIOLATION, "违法编号": str(n), "号牌号码": f"浙JA{n:04d}", **changes} for n in range(count)]


def stored(engine: Engine, table: type) -> List[Any]:
    with reading(engine) as session:
        return list(session.execute(sa.select(table)).scalars())


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.rows, report.good, report.written, report.bad_count
