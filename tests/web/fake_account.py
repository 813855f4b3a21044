"""An account behind the stand-in: a webhook on wechatpy's crypto, apart from the stand-in's and the connector's."""

from __future__ import annotations

import http.server
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional

import httpx
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from web.phone.account import OfficialAccount

ACCOUNT = OfficialAccount(
    name="杜桥交警", owner="杜桥交警中队", original_id="gh_fake00000001", app_id="wxfake0000000001",
    app_secret="not-a-secret", token="faketoken", encoding_aes_key="abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
)
Fields = Dict[str, Any]


def text_reply(fields: Fields, content: str) -> str:
    return reply(fields, f"<MsgType>text</MsgType><Content><![CDATA[{content}]]></Content>")


def reply(fields: Fields, inner: str) -> str:
    return (f"<xml><ToUserName>{fields['FromUserName']}</ToUserName><FromUserName>{fields['ToUserName']}</FromUserName>"
            f"<CreateTime>{int(time.time())}</CreateTime>{inner}</xml>")


@dataclass
class FakeAccount:
    """Answers with `answer(fields)`: XML to encrypt, bytes to send as they are, None for `success`."""

    answer: Callable[[Fields], Any] = lambda fields: None
    account: OfficialAccount = ACCOUNT
    status: int = 200
    delays: List[float] = field(default_factory=list)
    posts: List[Fields] = field(default_factory=list)
    queries: List[Dict[str, str]] = field(default_factory=list)

    def __enter__(self) -> FakeAccount:
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                answered = fake.take(self.path, body)
                self.send_response(fake.status)
                self.send_header("content-length", str(len(answered)))
                self.end_headers()
                self.wfile.write(answered)

            def do_GET(self) -> None:
                echoed = fake.visit(self.path)
                self.send_response(200 if echoed else 403)
                self.send_header("content-length", str(len(echoed)))
                self.end_headers()
                self.wfile.write(echoed)

            def log_message(self, *words: Any) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *of: None  # type: ignore[method-assign]  # WeChat cuts slow answers
        self.url = f"http://127.0.0.1:{self._server.server_port}/wechat"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait_for_posts(self, count: int) -> List[Fields]:
        return wait_until(lambda: self.posts if len(self.posts) >= count else None)

    def visit(self, path: str) -> bytes:
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
        if self.account is None:
            return b""
        check_signature(self.account.token, query["signature"], query["timestamp"], query["nonce"])
        return query["echostr"].encode()

    def take(self, path: str, body: bytes) -> bytes:
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(path).query))
        crypto = WeChatCrypto(self.account.token, self.account.encoding_aes_key, self.account.app_id)
        xml = crypto.decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        fields = dict(xmltodict.parse(xml)["xml"])
        self.queries.append(query)
        self.posts.append(fields)
        if self.delays:
            time.sleep(self.delays.pop(0))
        return self._sealed(crypto, self.answer(fields), query)

    def _sealed(self, crypto: WeChatCrypto, answered: Any, query: Dict[str, str]) -> bytes:
        if answered is None:
            return b"success"
        if isinstance(answered, bytes):
            return answered
        return crypto.encrypt_message(answered, query["nonce"], query["timestamp"]).encode()


def wait_until(condition: Callable[[], Optional[Any]], seconds: float = 20.0) -> Any:
    """What `condition` gives once it is true. Raises AssertionError after `seconds`."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"did not happen within {seconds} s")


@dataclass
class Phone:
    """One driver's phone, and what the account may call, over HTTP."""

    client: httpx.Client
    openid: str = "oDriver1"

    def act(self, action: str, **body: Any) -> httpx.Response:
        return self.client.post(f"/phone/{self.openid}/{action}", json=body)

    def send_picture(self, data: bytes) -> httpx.Response:
        return self.client.post(f"/phone/{self.openid}/picture", content=data)

    def state(self) -> Dict[str, Any]:
        return self.client.get(f"/stand-in/drivers/{self.openid}").json()

    def shown(self, count: int = 1, side: str = "account") -> List[Dict[str, Any]]:
        """The entries of a side, once there are `count` of them."""

        def entries() -> Optional[List[Dict[str, Any]]]:
            found = [entry for entry in self.state()["entries"] if entry["side"] == side]
            return found if len(found) >= count else None

        return wait_until(entries)

    def token(self, **more: Any) -> str:
        asked = {"grant_type": "client_credential", "appid": ACCOUNT.app_id, "secret": ACCOUNT.app_secret, **more}
        return self.client.post("/cgi-bin/stable_token", json=asked).json()["access_token"]

    def call(self, path: str, body: Any = None, **query: str) -> Dict[str, Any]:
        """An API call with a token: POST when there is a body."""
        params = {"access_token": self.token(), **query}
        method = "GET" if body is None else "POST"
        return self.client.request(method, f"/cgi-bin/{path}", params=params, json=body).json()

    def send(self, kind: str, **content: Any) -> int:
        """errcode of a customer-service message."""
        body = {"touser": self.openid, "msgtype": kind, kind: content}
        return self.call("message/custom/send", body)["errcode"]

    def fault(self, **fault: Any) -> None:
        assert self.client.post("/stand-in/faults", json=fault).status_code == 204

    def record(self, kind: str) -> List[Dict[str, Any]]:
        return self.client.get("/stand-in/record", params={"kind": kind}).json()
