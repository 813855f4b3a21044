"""What WeChat tells afterwards of sendings and consents: TEMPLATESENDJOBFINISH, MASSSENDJOBFINISH, subscribe_msg_…"""

from __future__ import annotations

import datetime
from typing import Mapping

from sqlalchemy.engine import Connection

from bot.settings import load_station
from connectors.wechat import messages as kinds
from connectors.wechat.intake import CHANNEL
from messages import mass_book, notices, pushes

WELL = ("success", "sendsuccess", "send success")


def note(session: Connection, message: kinds.Message, now: datetime.datetime) -> None:
    """Writes down how a sending ended, or that a driver agreed to a notice or took it back."""
    if isinstance(message, kinds.MassSent):
        mass_book.finished(session, message.job, message.status in WELL, message.total, message.sent, message.errors)
    elif isinstance(message, kinds.TemplateSent):
        pushes.job_ended(session, CHANNEL, message.openid, "template", message.job, message.status in WELL,
                         message.status, now)
    elif isinstance(message, kinds.NoticeConsents):
        for each in message.consents:
            _consent(session, message.openid, each, now)


def _consent(session: Connection, openid: str, each: Mapping[str, str], now: datetime.datetime) -> None:
    template = each.get("TemplateId", "")[:64]
    if "ErrorStatus" in each or "ErrorCode" in each:
        well = each.get("ErrorCode", "0") == "0"
        pushes.job_ended(session, CHANNEL, openid, "notice", each.get("MsgID", ""), well,
                         each.get("ErrorStatus", ""), now)
    elif each.get("SubscribeStatusString") == "accept":
        known = [notice for notice in load_station().outreach.notices.values() if notice.id == template]
        notices.give(session, CHANNEL, openid, template, now, long_term=any(notice.long_term for notice in known))
    elif template:
        notices.refuse(session, CHANNEL, openid, template, now)
