"""Customer-service messages (客服消息) and the typing state."""

from __future__ import annotations

from web.phone.api.call import DONE, Answer, Call
from web.phone.errors import ApiError
from web.phone.wechat import WeChat

WROTE_SECONDS = 30


def custom_send(wechat: WeChat, call: Call) -> Answer:
    """Sends a message to one driver, within the driver's allowance."""
    kind = call.text("msgtype")
    content = call.mapping().get(kind)
    if not isinstance(content, dict):
        raise ApiError(40008 if content is None else 47001)
    wechat.customer_message(call.text("touser"), kind, content)
    return DONE


def typing(wechat: WeChat, call: Call) -> Answer:
    """Shows or hides 对方正在输入; only within 30 s after the driver wrote."""
    driver = wechat.drivers.known(call.text("touser"))
    command = call.text("command")
    if command not in ("Typing", "CancelTyping"):
        raise ApiError(45072)
    if wechat.now() - driver.wrote_at > WROTE_SECONDS:
        raise ApiError(45080)
    if command == "Typing" and driver.typing:
        raise ApiError(45081)
    driver.set_typing(command == "Typing")
    return DONE
