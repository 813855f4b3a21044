"""WeChat official accounts (微信公众号): posts in, passive replies and pushes out."""

from __future__ import annotations

from typing import Any

__all__ = ["WeChatInput", "webhook_blueprint"]


def __getattr__(name: str) -> Any:
    # Loaded when asked for: the web app needs the webhook but not Rasa, which takes seconds to import.
    if name == "WeChatInput":
        from connectors.wechat.channel import WeChatInput

        return WeChatInput
    if name == "webhook_blueprint":
        from connectors.wechat.webhook import webhook_blueprint

        return webhook_blueprint
    raise AttributeError(name)
