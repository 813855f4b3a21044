"""WeChat's API (`/cgi-bin/…`) as the stand-in serves it: one function a call, in one table."""

from __future__ import annotations

from typing import Dict, Tuple

from web.phone.api import media, menus, messages, qrcodes, tokens, users
from web.phone.api.call import Handler

# (method, path below /cgi-bin) → what answers it.
CALLS: Dict[Tuple[str, str], Handler] = {
    ("POST", "stable_token"): tokens.stable_token,
    ("GET", "token"): tokens.token,
    ("GET", "getcallbackip"): tokens.callback_addresses,
    ("GET", "get_api_domain_ip"): tokens.callback_addresses,
    ("POST", "message/custom/send"): messages.custom_send,
    ("POST", "message/custom/typing"): messages.typing,
    ("POST", "menu/create"): menus.create,
    ("GET", "menu/get"): menus.get,
    ("GET", "menu/delete"): menus.delete,
    ("GET", "get_current_selfmenu_info"): menus.current,
    ("POST", "media/upload"): media.upload,
    ("GET", "media/get"): media.get,
    ("POST", "media/uploadimg"): media.upload_picture,
    ("POST", "qrcode/create"): qrcodes.create,
    ("GET", "showqrcode"): qrcodes.show,
    ("GET", "user/info"): users.info,
    ("GET", "user/get"): users.followers,
    ("POST", "user/info/updateremark"): users.remark,
}

# Asked without a token.
OPEN = {"stable_token", "token", "showqrcode"}

# What an unverified account may call as well.
UNVERIFIED = OPEN | {"getcallbackip", "get_api_domain_ip"}
