from __future__ import annotations

from typing import Iterator

import httpx
import pytest

from tests.web.fake_account import ACCOUNT, FakeAccount, Phone
from web.phone.server import StandIn

MENU = {"button": [
    {"name": "查一查", "sub_button": [{"type": "click", "name": "查违章", "key": "query_violations"},
                                   {"type": "view", "name": "网站", "url": "http://127.0.0.1/"}]},
    {"type": "click", "name": "帮助", "key": "help"},
]}


@pytest.fixture
def fake() -> Iterator[FakeAccount]:
    with FakeAccount() as account:
        yield account


@pytest.fixture
def stand_in(fake: FakeAccount) -> Iterator[StandIn]:
    with StandIn(ACCOUNT, fake.url, MENU, patience=5.0) as running:
        yield running


@pytest.fixture
def phone(stand_in: StandIn) -> Iterator[Phone]:
    with httpx.Client(base_url=stand_in.url, trust_env=False) as client:
        yield Phone(client)


@pytest.fixture
def follower(phone: Phone, fake: FakeAccount) -> Phone:
    phone.act("follow")
    fake.wait_for_posts(1)
    return phone
