"""QR codes with scenes (带参数二维码): which counter a driver came from."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Dict, List, Optional

from web.phone.errors import ApiError

TEMPORARY = {"QR_SCENE": "scene_id", "QR_STR_SCENE": "scene_str"}
PERMANENT = {"QR_LIMIT_SCENE": "scene_id", "QR_LIMIT_STR_SCENE": "scene_str"}
MAX_DAYS, MAX_CODES = 30, 100_000


@dataclass(frozen=True)
class QrCode:
    """One code; `seconds` is 0 for a permanent one."""

    ticket: str
    scene: str
    seconds: int
    url: str


class QrCodes:
    """All codes made, by ticket."""

    def __init__(self) -> None:
        self._by_ticket: Dict[str, QrCode] = {}

    def create(self, request: Dict[str, Any]) -> QrCode:
        """Makes a code as `qrcode/create` asks. Raises ApiError 40035 for a scene WeChat doesn't take."""
        kind = request.get("action_name")
        name = {**TEMPORARY, **PERMANENT}.get(str(kind))
        scene = (request.get("action_info") or {}).get("scene", {}).get(name or "")
        if not name or not _allowed(name, scene) or len(self._by_ticket) >= MAX_CODES:
            raise ApiError(40035)
        seconds = min(int(request.get("expire_seconds", 60)), MAX_DAYS * 86400) if kind in TEMPORARY else 0
        code = QrCode("gQ" + secrets.token_urlsafe(48), str(scene), seconds,
                      "http://weixin.qq.com/q/" + secrets.token_urlsafe(16))
        self._by_ticket[code.ticket] = code
        return code

    def of_ticket(self, ticket: str) -> Optional[QrCode]:
        """The code behind a ticket."""
        return self._by_ticket.get(ticket)

    def of_scene(self, scene: str) -> Optional[QrCode]:
        """The newest code of a scene."""
        return next((code for code in reversed(list(self._by_ticket.values())) if code.scene == scene), None)

    def scenes(self) -> List[str]:
        """Every scene that has a code."""
        return list(dict.fromkeys(code.scene for code in self._by_ticket.values()))


def _allowed(name: str, scene: object) -> bool:
    if name == "scene_id":
        return isinstance(scene, int) and not isinstance(scene, bool) and 1 <= scene <= 2**32 - 1
    return isinstance(scene, str) and 1 <= len(scene) <= 64
