from __future__ import annotations

import pytest

from tests.web.fake_account import Phone


def create(phone: Phone, name: str, scene: dict, **more: object) -> dict:
    return phone.call("qrcode/create", {"action_name": name, "action_info": {"scene": scene}, **more})


def test_a_temporary_code_ends_after_30_days_at_most(phone: Phone) -> None:
    made = create(phone, "QR_STR_SCENE", {"scene_str": "window-3"}, expire_seconds=10**9)
    assert made["expire_seconds"] == 30 * 86400


def test_a_permanent_code_does_not_end(phone: Phone) -> None:
    made = create(phone, "QR_LIMIT_STR_SCENE", {"scene_str": "window-3"})
    assert set(made) == {"ticket", "url"}


def test_a_code_has_a_picture(phone: Phone) -> None:
    ticket = create(phone, "QR_SCENE", {"scene_id": 7})["ticket"]
    assert phone.client.get("/cgi-bin/showqrcode", params={"ticket": ticket}).content.startswith(b"\x89PNG")


@pytest.mark.parametrize(("name", "scene"), [
    ("QR_MAGIC", {"scene_str": "a"}), ("QR_STR_SCENE", {"scene_str": ""}), ("QR_STR_SCENE", {"scene_str": "a" * 65}),
    ("QR_SCENE", {"scene_id": 0}), ("QR_SCENE", {"scene_id": True}),
])
def test_a_scene_that_wechat_would_refuse_is_refused(phone: Phone, name: str, scene: dict) -> None:
    assert create(phone, name, scene)["errcode"] == 40035
