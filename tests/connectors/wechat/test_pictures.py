from __future__ import annotations

import asyncio
import dataclasses
import datetime
import io
import pathlib
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image

from connectors.pictured_turn import with_picture
from messages import media
from messages.clock import utc_now
from messages.database import open_engine, reading, writing
from messages.replies import Reply
from messages.tables import inbox
from messages.tables import media as pictures
from messages.turns import Turn
from tests.connectors.wechat.account import Driver, soon
from tests.connectors.wechat.conftest import Start

NO_TURN = Turn(1, 1, 1, "bot", "wechat", "o-driver-1", "", "image", None, "/inform", None, {}, utc_now(), None)


@pytest.fixture(autouse=True)
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setattr(media, "PHOTOS", tmp_path / "photos")
    return tmp_path / "photos"


def jpeg() -> bytes:
    told, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "SECRETPHONE"
    Image.new("RGB", (50, 40), (10, 200, 30)).save(told, "JPEG", exif=exif)
    return told.getvalue()


def send(driver: Driver, data: bytes) -> None:
    httpx.post(f"{driver.api}/phone/{driver.openid}/picture", content=data, trust_env=False).raise_for_status()


def rows(url: str) -> list[Any]:
    engine = open_engine(url)
    with reading(engine) as session:
        found = session.execute(sa.select(pictures)).all()
    engine.dispose()
    return found


def ended(url: str) -> list[Any]:
    return [row for row in rows(url) if row.state != "waiting"]


async def echo(turn: Turn, said: list[Reply]) -> None:
    said.append(Reply("收到"))


def test_a_picture_is_fetched_at_once_and_kept_without_exif(start: Start, database_url: str,
                                                            folder: pathlib.Path) -> None:
    driver = start(echo)
    driver.follow()
    send(driver, jpeg())
    assert soon(lambda: ended(database_url))
    (row,) = rows(database_url)
    assert row.state == "kept"
    assert b"SECRETPHONE" not in (folder / row.path).read_bytes()
    engine = open_engine(database_url)
    with reading(engine) as session:
        details = session.execute(sa.select(inbox.c.details).where(inbox.c.kind == "image")).scalar_one()
        assert details["photo"] == row.path
    engine.dispose()


def test_a_download_that_fails_is_tried_again(start: Start, database_url: str) -> None:
    driver = start(echo)
    driver.follow()
    driver.fault(path="media/get", times=1, status=502)
    send(driver, jpeg())
    assert soon(lambda: ended(database_url))
    (row,) = rows(database_url)
    assert (row.state, row.attempts) == ("kept", 2)


@pytest.mark.parametrize(("fault", "reason"), [({"errcode": 40007}, "gone")])
def test_a_picture_that_is_gone_is_said_to_be(start: Start, database_url: str, fault: dict[str, Any],
                                              reason: str) -> None:
    driver = start(echo)
    driver.follow()
    driver.fault(path="media/get", times=3, **fault)
    send(driver, jpeg())
    assert soon(lambda: ended(database_url))
    assert [(row.state, row.reason) for row in rows(database_url)] == [("refused", reason)]


def told_by(url: str, turn: Turn, patience: float = 0.3) -> dict[str, Any]:
    engine, heard = open_engine(url), []

    async def answer(turn: Turn, said: list[Reply]) -> None:
        heard.append(turn.details)

    asyncio.run(with_picture(engine, answer, patience, 0.01)(turn, []))  # type: ignore[arg-type]
    engine.dispose()
    return dict(heard[0])


def expected(url: str, key: str) -> tuple[Any, media.Wanted]:
    engine, now = open_engine(url), utc_now()
    with writing(engine) as session:
        media.expect(session, "wechat", "o-driver-1", key, "media-1", now)
        (wanted,) = media.claim(session, "wechat", now, 30)
    return engine, wanted


def test_a_turn_hears_of_its_picture(database_url: str) -> None:
    turn = dataclasses.replace(NO_TURN, key="k1", details={"image": "media-1"})
    engine, wanted = expected(database_url, "k1")
    assert told_by(database_url, turn)["photo_problem"] == "late"
    with writing(engine) as session:
        media.keep(session, wanted, "ab/cd.jpg", utc_now())
    assert told_by(database_url, turn)["photo"] == "ab/cd.jpg"
    engine.dispose()


def test_a_turn_hears_why_there_is_no_picture(database_url: str) -> None:
    turn = dataclasses.replace(NO_TURN, key="k1", details={"image": "media-1"})
    engine, wanted = expected(database_url, "k1")
    with writing(engine) as session:
        media.refuse(session, wanted, "too_big", utc_now())
    assert told_by(database_url, turn)["photo_problem"] == "too_big"
    engine.dispose()


def test_a_turn_without_a_picture_waits_for_none(database_url: str) -> None:
    assert told_by(database_url, dataclasses.replace(NO_TURN, key="k2", details={"image": "media-1"})) == {
        "image": "media-1"}


def test_after_many_tries_a_picture_is_unreachable(database_url: str) -> None:
    engine, wanted = expected(database_url, "k1")
    with writing(engine) as session:
        media.put_off(session, dataclasses.replace(wanted, attempts=media.MOST_ATTEMPTS), utc_now())
    assert [(row.state, row.reason) for row in rows(database_url)] == [("refused", "unreachable")]
    engine.dispose()


def test_a_fetcher_that_died_loses_nothing(database_url: str) -> None:
    engine, _ = expected(database_url, "k1")
    with writing(engine) as session:
        assert media.claim(session, "wechat", utc_now(), 30) == []
        later = utc_now() + datetime.timedelta(seconds=31)
        assert [each.attempts for each in media.claim(session, "wechat", later, 30)] == [2]
    engine.dispose()
