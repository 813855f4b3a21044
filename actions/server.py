"""The action server: rasa_sdk's own application on loopback, closed to everybody who does not know the shared secret."""

from __future__ import annotations

import hmac

from rasa_sdk.endpoint import create_app
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, json

import actions
from bot.settings import Settings

HEADER = "X-Weijing-Actions"


def action_app(settings: Settings) -> Sanic:
    """rasa_sdk's app, which has no authentication and unpacks whatever comes (rasa-facts 18), behind a guard."""
    app = create_app(actions)

    @app.middleware("request")
    async def guard(request: Request) -> HTTPResponse | None:
        if request.path == "/health" or hmac.compare_digest(request.headers.get(HEADER, ""), settings.actions_secret):
            return None
        return json({"error": f"{HEADER} is missing or wrong"}, status=403)

    return app
