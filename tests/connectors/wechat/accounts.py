"""Settings of an invented account."""

from __future__ import annotations

import base64

from bot.settings import Settings


def settings_for(database_url: str, api: str = "http://127.0.0.1:9") -> Settings:
    return Settings(
        database_url=database_url, wechat_token="atesttoken", wechat_app_id="wx0123456789abcdef",
        wechat_app_secret="s" * 32, wechat_encoding_aes_key=base64.b64encode(bytes(range(32))).decode()[:-1],
        weijing_secret="w" * 32, wechat_api_base_url=api)
