"""Template messages and subscription notices."""

from __future__ import annotations

import secrets

from web.phone.api.call import DONE, Answer, Call
from web.phone.wechat import WeChat


def send_template(wechat: WeChat, call: Call) -> Answer:
    """One template message; TEMPLATESENDJOBFINISH follows."""
    body = call.mapping()
    number = wechat.notices.send_template(call.text("touser"), call.text("template_id"), body.get("data"),
                                          str(body.get("url") or ""), str(body.get("client_msg_id") or ""))
    return {**DONE, "msgid": number}


def send_notice(wechat: WeChat, call: Call) -> Answer:
    """One subscription notice; subscribe_msg_sent_event follows."""
    body = call.mapping()
    wechat.notices.send_notice(call.text("touser"), call.text("template_id"), body.get("data"),
                               str(body.get("page") or ""))
    return DONE


def add_template(wechat: WeChat, call: Call) -> Answer:
    """Takes a template out of WeChat's library, under an id of the account's own."""
    template = secrets.token_urlsafe(32)
    wechat.notices.put_up(template, call.text("template_id_short"), "")
    return {**DONE, "template_id": template}


def templates(wechat: WeChat, call: Call) -> Answer:
    """All templates of the account."""
    return {"template_list": list(wechat.notices.templates.values())}
