"""What a follow, a scan, leaving and a revoked permission change besides the conversation."""

from __future__ import annotations

import datetime

from sqlalchemy.engine import Connection

from connectors.wechat import job_events
from connectors.wechat import messages as kinds
from connectors.wechat.intake import CHANNEL
from messages import conversations, erasure, follows, outside_desk, quotas

IN_FLIGHT = datetime.timedelta(seconds=5)  # a text sent just before WeChat's desk took the driver


def follow_up(session: Connection, message: kinds.Message, now: datetime.datetime) -> None:
    """Does it in the transaction that receives the message."""
    job_events.note(session, message, now)
    if not isinstance(message, (kinds.Event, kinds.Unknown)):
        _back_from_desk(session, message, now)
    if isinstance(message, kinds.Subscribe):
        follows.record(session, CHANNEL, message.openid, "followed", message.scene, now)
    elif isinstance(message, kinds.Scan):
        follows.record(session, CHANNEL, message.openid, "scanned", message.scene, now)
    elif isinstance(message, kinds.Unsubscribe):
        follows.record(session, CHANNEL, message.openid, "left", "", now)
        conversations.close(session, CHANNEL, message.openid, now)
        quotas.close(session, CHANNEL, message.openid)
    elif isinstance(message, kinds.DeskSession):
        _follow_desk(session, message, now)
    elif isinstance(message, kinds.AuthorizationRevoked):
        erasure.demand(session, CHANNEL, message.openid, now)


def _follow_desk(session: Connection, message: kinds.DeskSession, now: datetime.datetime) -> None:
    """WeChat's own desk has the driver, passed the driver on, or is done."""
    if message.event.lower() == "kf_close_session":
        outside_desk.came_back(session, CHANNEL, message.openid, now)
    else:
        outside_desk.took(session, CHANNEL, message.openid, message.to_desk_account or message.desk_account, now)


def _back_from_desk(session: Connection, message: kinds.Message, now: datetime.datetime) -> None:
    """While its desk has the driver WeChat keeps the driver's words from us: one that comes says that it is over."""
    found = conversations.find(session, CHANNEL, message.openid)
    if found is None or outside_desk.account_of(found.officer) is None:
        return
    if message.created > (found.since + IN_FLIGHT).timestamp():
        outside_desk.came_back(session, CHANNEL, message.openid, now)
