from __future__ import annotations

import pytest

from tests.web.conftest import MENU
from tests.web.fake_account import Phone

KEY = {"type": "click", "name": "好", "key": "k"}


def column(**changes: object) -> dict:
    return {"button": [{**KEY, **changes}]}


def test_a_menu_that_was_put_up_can_be_read(phone: Phone) -> None:
    assert phone.call("menu/create", MENU)["errcode"] == 0
    assert phone.call("menu/get")["menu"]["button"][0] == MENU["button"][0]


def test_without_a_menu_there_is_none_to_read(phone: Phone) -> None:
    assert phone.call("menu/delete")["errcode"] == 0
    assert phone.call("menu/get")["errcode"] == 46003
    assert phone.call("get_current_selfmenu_info")["is_menu_open"] == 0


@pytest.mark.parametrize(("menu", "code"), [
    ({"button": []}, 40016),
    ({"button": [KEY] * 4}, 40016),
    (column(name="名字太长了吗"), 40018),
    (column(key="k" * 129), 40019),
    (column(type="view", url="u" * 1025), 40020),
    (column(type="hologram"), 40017),
    (column(sub_button=[KEY] * 6), 40023),
    (column(sub_button=[{**KEY, "name": ""}]), 40025),
    ({}, 40016),
])
def test_a_menu_that_wechat_would_refuse_is_refused(phone: Phone, menu: dict, code: int) -> None:
    assert phone.call("menu/create", menu)["errcode"] == code
