"""The account's menu (自定义菜单): three columns of at most five keys."""

from __future__ import annotations

from typing import Any, Dict, List

from web.phone.api.call import DONE, Answer, Call
from web.phone.errors import ApiError
from web.phone.wechat import WeChat

COLUMNS, KEYS = 3, 5
COLUMN_NAME_BYTES, KEY_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024
WITH_KEY = {"click", "scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin",
            "location_select"}


def create(wechat: WeChat, call: Call) -> Answer:
    """Puts up a menu."""
    columns = call.mapping().get("button")
    if not isinstance(columns, list) or not 1 <= len(columns) <= COLUMNS:
        raise ApiError(40016)
    for column in columns:
        _check_column(column)
    wechat.set_menu({"button": columns})
    return DONE


def get(wechat: WeChat, call: Call) -> Answer:
    """The menu that was put up. Raises ApiError 46003 when there is none."""
    if wechat.menu is None:
        raise ApiError(46003)
    return {"menu": {"button": [{"sub_button": [], **column} for column in wechat.menu["button"]]}}


def current(wechat: WeChat, call: Call) -> Answer:
    """The menu in the form of `get_current_selfmenu_info`."""
    columns: List[Dict[str, Any]] = (wechat.menu or {"button": []})["button"]
    listed = [{**column, "sub_button": {"list": column["sub_button"]}} if column.get("sub_button") else column
              for column in columns]
    return {"is_menu_open": int(wechat.menu is not None), "selfmenu_info": {"button": listed}}


def delete(wechat: WeChat, call: Call) -> Answer:
    """Takes the menu down."""
    wechat.set_menu(None)
    return DONE


def _check_column(column: Dict[str, Any]) -> None:
    _check_size(column.get("name"), COLUMN_NAME_BYTES, 40018)
    keys = column.get("sub_button") or []
    if len(keys) > KEYS:
        raise ApiError(40023)
    for key in keys:
        _check_size(key.get("name"), KEY_NAME_BYTES, 40025)
        _check_key(key)
    if not keys:
        _check_key(column)


def _check_key(key: Dict[str, Any]) -> None:
    if key.get("type") in WITH_KEY:
        _check_size(key.get("key"), KEY_BYTES, 40019)
    elif key.get("type") in ("view", "miniprogram"):
        _check_size(key.get("url"), URL_BYTES, 40020)
    else:
        raise ApiError(40017)


def _check_size(text: object, most: int, code: int) -> None:
    if not isinstance(text, str) or not 1 <= len(text.encode()) <= most:
        raise ApiError(code)
