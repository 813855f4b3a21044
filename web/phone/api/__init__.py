"""WeChat's API as the stand-in serves it: one function a call, in one table."""

from __future__ import annotations

from typing import Dict, Tuple

from web.phone.api import (
    articles,
    kf,
    mass,
    media,
    menus,
    messages,
    notices,
    oauth,
    qrcodes,
    quota,
    tags,
    tokens,
    users,
)
from web.phone.api.call import Handler

# (method, path below /cgi-bin, or the whole path where it begins with /) → what answers it.
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
    ("POST", "user/info/batchget"): users.several,
    ("POST", "tags/create"): tags.create,
    ("GET", "tags/get"): tags.listed,
    ("POST", "tags/update"): tags.update,
    ("POST", "tags/delete"): tags.delete,
    ("POST", "tags/getidlist"): tags.of_follower,
    ("POST", "tags/members/batchtagging"): tags.give,
    ("POST", "tags/members/batchuntagging"): tags.take,
    ("POST", "user/tag/get"): tags.members,
    ("POST", "message/template/send"): notices.send_template,
    ("POST", "message/subscribe/bizsend"): notices.send_notice,
    ("POST", "template/api_add_template"): notices.add_template,
    ("GET", "template/get_all_private_template"): notices.templates,
    ("POST", "message/mass/sendall"): mass.send_all,
    ("POST", "message/mass/send"): mass.send,
    ("POST", "message/mass/preview"): mass.preview,
    ("POST", "message/mass/get"): mass.status,
    ("POST", "message/mass/delete"): mass.delete,
    ("POST", "material/add_material"): media.add_material,
    ("POST", "material/del_material"): media.delete_material,
    ("POST", "draft/add"): articles.add,
    ("POST", "draft/get"): articles.get,
    ("POST", "draft/update"): articles.update,
    ("POST", "draft/delete"): articles.delete,
    ("GET", "draft/count"): articles.count,
    ("POST", "freepublish/submit"): articles.submit,
    ("POST", "freepublish/get"): articles.publishing,
    ("POST", "freepublish/delete"): articles.delete_published,
    ("GET", "customservice/getonlinekflist"): kf.online,
    ("GET", "customservice/getkflist"): kf.agents,
    ("POST", "/customservice/kfsession/create"): kf.create,
    ("POST", "/customservice/kfsession/close"): kf.close,
    ("GET", "/customservice/kfsession/getsession"): kf.session,
    ("GET", "/customservice/kfsession/getwaitcase"): kf.waiting,
    ("GET", "/sns/oauth2/access_token"): oauth.access_token,
    ("POST", "openapi/quota/get"): quota.get,
}

# Asked without a token.
OPEN = {"stable_token", "token", "showqrcode", "/sns/oauth2/access_token"}

# What an unverified account may call as well.
UNVERIFIED = {"stable_token", "token", "showqrcode", "getcallbackip", "get_api_domain_ip"}
