from __future__ import annotations

from tests.web.fake_account import Phone

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


def upload(phone: Phone, data: bytes, kind: str = "image", path: str = "media/upload") -> dict:
    params = {"access_token": phone.token(), "type": kind}
    return phone.client.post(f"/cgi-bin/{path}", params=params, files={"media": ("a.png", data)}).json()


def test_an_uploaded_picture_can_be_sent(follower: Phone) -> None:
    media_id = upload(follower, PNG)["media_id"]
    assert follower.send("image", media_id=media_id) == 0
    shown = follower.shown()[0]
    assert follower.client.get(shown["url"]).content == PNG


def test_a_voice_is_no_picture(follower: Phone) -> None:
    assert follower.send("image", media_id=upload(follower, b"#!AMR", "voice")["media_id"]) == 40007


def test_an_unknown_file_is_an_error(phone: Phone) -> None:
    assert phone.call("media/get", media_id="unknown")["errcode"] == 40007


def test_a_picture_for_news_gets_an_address(phone: Phone) -> None:
    url = upload(phone, PNG, path="media/uploadimg")["url"]
    assert phone.client.get(url).content == PNG


def test_without_a_file_nothing_is_kept(phone: Phone) -> None:
    answer = phone.client.post("/cgi-bin/media/upload", params={"access_token": phone.token(), "type": "image"}).json()
    assert answer["errcode"] == 41005
