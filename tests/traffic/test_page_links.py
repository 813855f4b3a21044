from __future__ import annotations

import datetime
import secrets

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.settings import Settings
from tests.traffic.conftest import NOW
from traffic.database import reading, writing
from traffic.errors import LinkGone
from traffic.page_links import (
    DOOR,
    IDLE,
    LONGEST,
    OPENS_FOR,
    OpenedLink,
    PageSession,
    end_session,
    new_address,
    new_link,
    open_link,
    read_link,
    session_of,
    touch_session,
)

SETTINGS = Settings(wechat_token="token", wechat_app_id="wx", wechat_app_secret="s", wechat_encoding_aes_key="a" * 43,
                    weijing_secret="s" * 32, public_url="https://wx.example.cn/")
SECOND = datetime.timedelta(seconds=1)


def link(who: str = "anna", page: str = "violations") -> str:
    return new_link(who, page, settings=SETTINGS, now=NOW).removeprefix(DOOR)


def opened(engine: Engine, token: str, now: datetime.datetime = NOW) -> str:
    with writing(engine) as session:
        return open_link(session, token, settings=SETTINGS, now=now)


def test_a_link_opens_a_session_of_its_subscriber_once(engine: Engine) -> None:
    token = link()
    begun = opened(engine, token)
    with reading(engine) as session:
        found = session_of(session, begun, now=NOW)
        assert found is not None
        assert found.subscriber == "anna"
    with pytest.raises(LinkGone):
        opened(engine, token)
    with reading(engine) as session:
        assert session.execute(sa.select(sa.func.count()).select_from(PageSession)).scalar_one() == 1


def test_a_link_lives_ten_minutes(engine: Engine) -> None:
    opened(engine, link(), NOW + OPENS_FOR - SECOND)
    with pytest.raises(LinkGone):
        opened(engine, link(), NOW + OPENS_FOR + SECOND)


def test_a_link_says_nothing_to_who_reads_it_and_cannot_be_made_up() -> None:
    token = link("oAnna_1234567890")
    assert "oAnna" not in token
    assert link() != link()
    assert read_link(token, settings=SETTINGS, now=NOW).page == "violations"
    for forged in ("", "x", token[:-3], token[:40] + "A" + token[41:], secrets.token_urlsafe(100), "号"):
        with pytest.raises(LinkGone):
            read_link(forged, settings=SETTINGS, now=NOW)
    other = SETTINGS.copy(update={"weijing_secret": "t" * 32})
    with pytest.raises(LinkGone):
        read_link(token, settings=other, now=NOW)


def test_tokens_are_kept_as_hashes_and_not_for_long(engine: Engine) -> None:
    token = link()
    begun = opened(engine, token)
    with engine.connect() as connection:
        kept = str([connection.execute(sa.select(table)).all() for table in (OpenedLink, PageSession)])
    assert token not in kept
    assert begun not in kept
    later = NOW + LONGEST + SECOND
    opened(engine, new_link("berta", "points", settings=SETTINGS, now=later).removeprefix(DOOR), later)
    with engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(OpenedLink)).scalar_one() == 1
        assert connection.execute(sa.select(PageSession.subscriber)).scalars().all() == ["berta"]


def test_a_session_ends_by_rest_by_age_and_by_wish(engine: Engine) -> None:
    begun = opened(engine, link())
    with writing(engine) as session:
        assert session_of(session, begun, now=NOW + IDLE) is None
        touch_session(session, begun, now=NOW + IDLE / 2)
        assert session_of(session, begun, now=NOW + IDLE) is not None
        touch_session(session, begun, now=NOW + LONGEST)
        assert session_of(session, begun, now=NOW + LONGEST) is None
        end_session(session, begun)
        assert session_of(session, begun, now=NOW) is None


def test_an_address_is_the_public_one() -> None:
    assert new_address("anna", "points", settings=SETTINGS).startswith("https://wx.example.cn/h5/in/")
    assert SETTINGS.copy(update={"public_url": ""}).pages_address == ""
    here = SETTINGS.copy(update={"public_url": "", "wechat_api_base_url": "http://127.0.0.1:8090"})
    assert here.pages_address == "http://127.0.0.1:8080"
