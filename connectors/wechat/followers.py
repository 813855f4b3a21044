"""What a follow, a scan, leaving and a revoked permission change besides the conversation."""

from __future__ import annotations

import datetime

from sqlalchemy.engine import Connection

from connectors.wechat import job_events
from connectors.wechat import messages as kinds
from connectors.wechat.intake import CHANNEL
from messages import conversations, erasure, follows, quotas


def follow_up(session: Connection, message: kinds.Message, now: datetime.datetime) -> None:
    """Does it in the transaction that receives the message."""
    job_events.note(session, message, now)
    if isinstance(message, kinds.Subscribe):
        follows.record(session, CHANNEL, message.openid, "followed", message.scene, now)
    elif isinstance(message, kinds.Scan):
        follows.record(session, CHANNEL, message.openid, "scanned", message.scene, now)
    elif isinstance(message, kinds.Unsubscribe):
        follows.record(session, CHANNEL, message.openid, "left", "", now)
        conversations.close(session, CHANNEL, message.openid, now)
        quotas.close(session, CHANNEL, message.openid)
    elif isinstance(message, kinds.AuthorizationRevoked):
        erasure.demand(session, CHANNEL, message.openid, now)
