"""The web app on WEB_PORT: WeChat's webhook, the index page, the officers' desk, the drivers' pages."""

from __future__ import annotations

import itertools
import logging
from typing import Optional

from sanic import Sanic
from sanic.exceptions import NotFound, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json, redirect

from bot.settings import ROOT, Settings, load_settings, load_station
from web.desk.blueprint import desk_blueprint
from web.driver.blueprint import driver_blueprint
from web.erasing import add_erasers
from web.headers import harden
from web.outreach.clockwork import outreach_blueprint
from web.templating import Templates

HERE = ROOT / "web"
_numbers = itertools.count(1)


def create_app(settings: Optional[Settings] = None) -> Sanic:
    """The app, ready to run; `settings` are those of the environment unless given.

    Raises SettingsError when a setting or `station.yml` is wrong.
    """
    settings = settings or load_settings()
    app = Sanic(f"weijing_web_{next(_numbers)}", configure_logging=False)
    app.config.FALLBACK_ERROR_FORMAT = "text"
    app.config.MOTD = False
    app.ctx.settings, app.ctx.station = settings, load_station()
    app.ctx.templates = Templates(HERE / "templates")
    harden(app)
    _add_pages(app)
    _mount_webhook(app, settings)
    add_erasers(app, settings)
    app.blueprint(desk_blueprint(settings, app.ctx.station))
    app.blueprint(outreach_blueprint(settings, app.ctx.station))
    app.blueprint(driver_blueprint(settings, app.ctx.station))
    app.static("/static", HERE / "static", name="static")
    app.static("/static/desk", HERE / "desk" / "static", name="desk_static")
    app.static("/static/driver", HERE / "driver" / "static", name="driver_static")
    return app


def _mount_webhook(app: Sanic, settings: Settings) -> None:
    # Imported here, so that pages can be tested without the connector and its post room.
    from connectors.wechat import webhook_blueprint

    app.blueprint(webhook_blueprint(settings), url_prefix="/wechat")


def _add_pages(app: Sanic) -> None:
    app.add_route(_health, "/health")
    app.add_route(_index, "/")
    app.add_route(_phone, "/phone")
    app.error_handler.add(NotFound, _not_found)


async def _health(request: Request) -> HTTPResponse:
    return json({"status": "ok"})


async def _index(request: Request) -> HTTPResponse:
    context = request.app.ctx
    return context.templates.page("index.html", station=context.station, development=context.settings.development)


async def _phone(request: Request) -> HTTPResponse:
    settings = request.app.ctx.settings
    if not settings.development:
        raise NotFound("the stand-in WeChat runs in development only")
    return redirect(f"http://127.0.0.1:{settings.phone_port}/")


async def _not_found(request: Request, error: SanicException) -> HTTPResponse:
    if "text/html" not in request.headers.get("accept", ""):
        return json({"error": "not found"}, status=404)
    return request.app.ctx.templates.page("not_found.html", status=404, station=request.app.ctx.station)


def main(settings: Optional[Settings] = None) -> None:
    """Serves until it is told to stop (SIGTERM, Ctrl-C)."""
    settings = settings or load_settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    create_app(settings).run(host=settings.host, port=settings.web_port, access_log=False, debug=False)
