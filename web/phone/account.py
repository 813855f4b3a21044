"""The official account as WeChat knows it: its secrets, its name, and the menu it starts with."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Dict

from bot.settings import Settings, Station


@dataclass(frozen=True)
class OfficialAccount:
    """What WeChat's console holds of one account; `verified` accounts may call more than menus and passive replies."""

    name: str
    owner: str
    original_id: str
    app_id: str
    app_secret: str
    token: str
    encoding_aes_key: str
    verified: bool = True


def account_from(settings: Settings, station: Station) -> OfficialAccount:
    """The account that Weijing's own settings describe."""
    made_up = "gh_" + hashlib.sha256(settings.wechat_app_id.encode()).hexdigest()[:12]
    return OfficialAccount(
        name=station.account_name, owner=station.name, original_id=settings.wechat_original_id or made_up,
        app_id=settings.wechat_app_id, app_secret=settings.wechat_app_secret, token=settings.wechat_token,
        encoding_aes_key=settings.wechat_encoding_aes_key,
    )


def menu_from(station: Station) -> Dict[str, Any]:
    """The station's menu as `menu/create` would have made it; a key's EventKey is what it says."""
    columns = (
        {"name": column.name,
         "sub_button": [{"type": "click", "name": key.name, "key": key.say} for key in column.keys]}
        for column in station.menu
    )
    return {"button": list(columns)}
