"""Media up and down: temporary ones, those kept for good, and pictures for articles."""

from __future__ import annotations

import math

from web.phone.api.call import DONE, Answer, Call, File
from web.phone.errors import ApiError
from web.phone.wechat import WeChat


def upload(wechat: WeChat, call: Call) -> Answer:
    """Keeps a file for three days."""
    medium = wechat.media.put(call.query.get("type", ""), call.upload or b"", wechat.now())
    return {"type": medium.kind, "media_id": medium.media_id, "created_at": int(wechat.now())}


def get(wechat: WeChat, call: Call) -> Answer:
    """The file behind a media id, a driver's picture for instance."""
    medium = wechat.media.get(call.query.get("media_id", ""), wechat.now())
    name = f'attachment; filename="{medium.media_id[:16]}"'
    return File(medium.data, medium.content_type, {"Content-Disposition": name})


def upload_picture(wechat: WeChat, call: Call) -> Answer:
    """The address of a picture that a news item may show; JPEG and PNG below 1 MB."""
    data = call.upload or b""
    if len(data) > 1024 * 1024:
        raise ApiError(40006)
    medium = wechat.media.put("image", data, wechat.now(), math.inf)
    return {"url": f"{call.base_url}/phone/media/{medium.media_id}"}


def add_material(wechat: WeChat, call: Call) -> Answer:
    """Keeps a file for good, a draft's cover for instance."""
    medium = wechat.media.put(call.query.get("type", ""), call.upload or b"", wechat.now(), math.inf)
    return {"media_id": medium.media_id, "url": f"{call.base_url}/phone/media/{medium.media_id}"}


def delete_material(wechat: WeChat, call: Call) -> Answer:
    """Throws such a file away."""
    wechat.media.remove(call.text("media_id"))
    return DONE
