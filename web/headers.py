"""Headers that every page carries: nothing inline, nothing sniffed, nothing told to other sites."""

from __future__ import annotations

from typing import Dict

from sanic import Sanic
from sanic.request import Request
from sanic.response import BaseHTTPResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS: Dict[str, str] = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}


def harden(app: Sanic) -> None:
    """Adds HEADERS to every response that doesn't set them itself; pages are not cached, files only after asking."""

    @app.on_response
    async def _add(request: Request, response: BaseHTTPResponse) -> None:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        files = request.path.startswith("/static/")
        response.headers.setdefault("Cache-Control", "no-cache" if files else "no-store")
