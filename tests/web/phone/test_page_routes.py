from __future__ import annotations

import json
from typing import Iterator, Tuple

import httpx
import pytest

from tests.web.fake_account import FakeAccount, Phone, text_reply


def events(response: httpx.Response) -> Iterator[Tuple[str, dict]]:
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


def test_an_open_page_hears_what_happens(follower: Phone, fake: FakeAccount) -> None:
    fake.answer = lambda fields: text_reply(fields, "好的")
    with follower.client.stream("GET", f"/phone/{follower.openid}/events") as response:
        heard = events(response)
        name, hello = next(heard)
        assert (name, hello["following"], len(hello["menu"]["button"])) == ("hello", True, 2)
        address = f"{follower.client.base_url}/phone/{follower.openid}/text"
        httpx.post(address, json={"content": "你好"}, trust_env=False)
        entries = (data for name, data in heard if name == "entry")
        shown = [next(entries), next(entries)]
    assert [(entry["side"], entry["parts"][0]["text"]) for entry in shown] == [("driver", "你好"), ("account", "好的")]


def test_what_was_said_survives_a_reload(follower: Phone, fake: FakeAccount) -> None:
    follower.act("text", content="还在吗")
    follower.shown(side="driver")
    with follower.client.stream("GET", f"/phone/{follower.openid}/events") as response:
        assert next(events(response))[1]["entries"][0]["parts"] == [{"text": "还在吗"}]


@pytest.mark.parametrize(("action", "body"), [
    ("text", {"content": ""}), ("text", {}), ("location", {"latitude": 91, "longitude": 0}),
    ("follow", {"scene": "a" * 65}), ("press", {"column": 9}),
])
def test_what_a_phone_could_not_send_is_refused(follower: Phone, action: str, body: dict) -> None:
    assert follower.act(action, **body).status_code == 400


@pytest.mark.parametrize("openid", ["a" * 65, "o.dot", "o%20x"])
def test_an_impossible_openid_is_refused(phone: Phone, openid: str) -> None:
    assert phone.client.post(f"/phone/{openid}/follow", json={}).status_code == 400


@pytest.mark.parametrize("headers", [{"host": "evil.example"}, {"origin": "http://evil.example"}])
def test_pages_of_other_sites_can_not_drive_the_phone(phone: Phone, headers: dict) -> None:
    assert phone.client.post(f"/phone/{phone.openid}/follow", json={}, headers=headers).status_code == 403


def test_the_page_has_no_inline_script_or_style(phone: Phone) -> None:
    page = phone.client.get("/")
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "<script>" not in page.text
    assert " style=" not in page.text
    assert " onclick=" not in page.text
