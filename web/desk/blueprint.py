"""The desk as one blueprint for the web app."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from sanic import Blueprint

from bot.settings import Settings, Station
from messages.errors import describe
from web.desk import (
    accident_routes,
    account_routes,
    article_routes,
    book_routes,
    broadcast_routes,
    bulletin_routes,
    calendar_routes,
    canned_routes,
    change_routes,
    conversation_routes,
    conversations,
    counter_routes,
    events,
    figure_routes,
    labelling_routes,
    model_routes,
    phone_routes,
    queue_routes,
    search_routes,
    sign_in_routes,
    ticket_routes,
    voucher_routes,
    week_routes,
)
from web.desk.guard import add_routes
from web.desk.office import Office
from web.desk.sign_in_routes import add_door

logger = logging.getLogger(__name__)

LOOK_FOR_ABANDONED_EVERY = 30.0
ROUTES = [*queue_routes.ROUTES, *conversation_routes.ROUTES, *ticket_routes.ROUTES, *canned_routes.ROUTES,
          *bulletin_routes.ROUTES, *broadcast_routes.ROUTES, *phone_routes.ROUTES,
          *article_routes.ROUTES, *calendar_routes.ROUTES,
          *events.ROUTES, *search_routes.ROUTES, *figure_routes.ROUTES, *account_routes.ROUTES,
          *accident_routes.ROUTES, *voucher_routes.ROUTES, *counter_routes.ROUTES,
          *labelling_routes.ROUTES, *book_routes.ROUTES,
          *change_routes.ROUTES, *model_routes.ROUTES, *week_routes.ROUTES,
          *sign_in_routes.ROUTES]


def desk_blueprint(settings: Settings, station: Station) -> Blueprint:
    """Everything below /desk. Connects to the database at the first request only."""
    office = Office(settings, station)
    blueprint = Blueprint("desk", url_prefix="/desk")
    add_door(blueprint, office)
    add_routes(blueprint, office, ROUTES)
    _begin_and_end(blueprint, office)
    return blueprint


def _begin_and_end(blueprint: Blueprint, office: Office) -> None:
    @blueprint.after_server_start
    async def start(app: object, _loop: object) -> None:
        blueprint.ctx.sweeping = asyncio.create_task(_return_abandoned(office))

    @blueprint.before_server_stop
    async def let_go(app: object, _loop: object) -> None:
        blueprint.ctx.sweeping.cancel()
        office.live.close()

    @blueprint.after_server_stop
    async def close(app: object, _loop: object) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await blueprint.ctx.sweeping
        office.close()


async def _return_abandoned(office: Office) -> None:
    while True:
        await asyncio.sleep(LOOK_FOR_ABANDONED_EVERY)
        try:
            count = await office.do(conversations.return_abandoned, office.engine, office.clock.now())
            if count:
                logger.warning("%d conversations went back into the queue: their officers are gone", count)
        except Exception as error:  # a database that is away, or not upgraded yet: the next look may do
            logger.error("abandoned conversations wait for the database: %s", describe(error))
