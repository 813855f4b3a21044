"""Rasa's action server with what it lacks: a shared secret, no unpacking, and no tracker in an error."""

from __future__ import annotations

import hmac
import logging

import rasa_sdk.endpoint
from rasa_sdk.interfaces import ActionExecutionRejection
from sanic import Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json

logger = logging.getLogger(__name__)
SECRET_HEADER = "X-Weijing-Secret"  # noqa: S105 - its name, not its value


def create_app(secret: str) -> Sanic:
    """The server for the actions of this package; who does not send the secret gets 403."""
    app = rasa_sdk.endpoint.create_app("actions")

    @app.on_request
    async def known_and_plain(request: Request) -> HTTPResponse | None:
        return _refusal(request, secret)

    # replaces rasa_sdk's, which sends the whole tracker back and into Rasa's log
    app.error_handler.add(Exception, _failed)
    return app


def _refusal(request: Request, secret: str) -> HTTPResponse | None:
    if request.method != "POST":
        return None
    if not hmac.compare_digest(request.headers.get(SECRET_HEADER, ""), secret):
        return json({"error": f"{SECRET_HEADER} is missing or wrong"}, status=403)
    packed = request.headers.get("Content-Encoding", "identity") != "identity"
    return json({"error": "packed bodies are not taken"}, status=415) if packed else None


async def _failed(_: Request, error: Exception) -> HTTPResponse:
    if isinstance(error, ActionExecutionRejection):
        return json({"error": error.message, "action_name": error.action_name}, status=400)
    status = error.status_code if isinstance(error, SanicException) else 500
    if status == 500:
        logger.error("action failed: %s", type(error).__name__, exc_info=error)
    return json({"error": type(error).__name__}, status=status)
