"""What WeChat tells afterwards of sendings and consents: TEMPLATESENDJOBFINISH, MASSSENDJOBFINISH, subscribe_msg_…"""

from __future__ import annotations

import datetime
from typing import Mapping

from sqlalchemy.engine import Connection

from bot.settings import load_station
from connectors.wechat import messages as kinds
from connectors.wechat.intake import CHANNEL
from messages import job_ends, notices
from messages.job_ends import MASS, JobEnd

WELL = ("success", "sendsuccess", "send success")


def note(session: Connection, message: kinds.Message, now: datetime.datetime) -> None:
    """Writes down how a sending ended, or that a driver agreed to a notice or took it back."""
    if isinstance(message, kinds.MassSent):
        counts = (message.total, message.sent, message.errors)
        job_ends.note(session, CHANNEL, JobEnd(message.job, MASS, message.status in WELL, message.status, counts), now)
    elif isinstance(message, kinds.TemplateSent):
        end = JobEnd(message.job, message.openid, message.status in WELL, message.status)
        job_ends.note(session, CHANNEL, end, now)
    elif isinstance(message, kinds.NoticeConsents):
        for each in message.consents:
            _consent(session, message.openid, each, now)


def _consent(session: Connection, openid: str, each: Mapping[str, str], now: datetime.datetime) -> None:
    template = each.get("TemplateId", "")[:64]
    if "ErrorStatus" in each or "ErrorCode" in each:
        well = each.get("ErrorCode", "0") == "0"
        job_ends.note_notice(session, CHANNEL, JobEnd(each.get("MsgID", ""), openid, well,
                                                      each.get("ErrorStatus", "")), now)
    elif each.get("SubscribeStatusString") == "accept":
        known = [notice for notice in load_station().outreach.notices.values() if notice.id == template]
        notices.give(session, CHANNEL, openid, template, now, long_term=any(notice.long_term for notice in known))
    elif template:
        notices.refuse(session, CHANNEL, openid, template, now)
