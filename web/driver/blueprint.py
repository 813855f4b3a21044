"""The drivers' pages as one blueprint for the web app."""

from __future__ import annotations

from sanic import Blueprint

from bot.settings import Settings, Station
from web.driver import (
    accident,
    appointments,
    articles,
    bindings,
    door,
    oauth,
    privacy,
    roads,
    subscriptions,
    tickets,
    violations,
)
from web.driver.accident_tellings import keep_telling
from web.driver.guard import FOLDER, add_routes
from web.driver.hall import Hall

ROUTES = [*door.ROUTES, *bindings.ROUTES, *violations.ROUTES, *appointments.ROUTES, *roads.ROUTES,
          *tickets.ROUTES, *articles.ROUTES, *subscriptions.ROUTES, *privacy.ROUTES, *accident.ROUTES]


def driver_blueprint(settings: Settings, station: Station) -> Blueprint:
    """Everything below /h5. Connects to the database at the first request only."""
    hall = Hall(settings, station)
    blueprint = Blueprint("driver", url_prefix=FOLDER)
    blueprint.ctx.hall = hall
    door.add_door(blueprint, hall)
    oauth.add_way_back(blueprint, hall)
    add_routes(blueprint, hall, ROUTES)
    keep_telling(blueprint, hall)

    @blueprint.after_server_stop
    async def close(app: object, _loop: object) -> None:
        hall.close()

    return blueprint
