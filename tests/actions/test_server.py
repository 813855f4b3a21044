from __future__ import annotations

import httpx
import pytest

from tests.conversations.action_server import SECRET, port_of_actions


@pytest.fixture(scope="module")
def url() -> str:
    return f"http://127.0.0.1:{port_of_actions()}"


def call(url: str, secret: str, **extra: str) -> httpx.Response:
    body = {"next_action": "action_chitchat", "version": "3.6.2", "tracker": {
        "sender_id": "d", "slots": {}, "latest_message": {}, "events": [], "paused": False, "followup_action": None,
        "active_loop": {}, "latest_action_name": "x"}}
    return httpx.post(f"{url}/webhook", json=body, headers={"X-Weijing-Secret": secret, **extra}, trust_env=False)


def test_who_has_the_secret_is_served(url: str) -> None:
    assert call(url, SECRET).json()["responses"][0]["response"] == "utter_empty"


def test_who_has_not_is_refused(url: str) -> None:
    assert call(url, "wrong").status_code == 403


def test_packed_bodies_are_refused(url: str) -> None:
    assert call(url, SECRET, **{"Content-Encoding": "deflate"}).status_code == 415


def test_an_error_does_not_echo_the_conversation(url: str) -> None:
    broken = {"next_action": "action_inform", "version": "3.6.2", "tracker": {"sender_id": "浙JA1234", "events": 7}}
    answer = httpx.post(f"{url}/webhook", json=broken, headers={"X-Weijing-Secret": SECRET}, trust_env=False)
    assert answer.status_code == 500
    assert "浙JA1234" not in answer.text


def test_it_says_that_it_is_well(url: str) -> None:
    assert httpx.get(f"{url}/health", trust_env=False).status_code == 200
