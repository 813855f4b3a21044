"""Envelopes that are wrong on purpose: what an attacker, a wrong setting or a broken way may send."""

from __future__ import annotations

import base64
import dataclasses
import os
import time
from typing import Optional
from urllib.parse import urlencode

from web.phone.account import OfficialAccount
from web.phone.posts import envelope, sealed, signed_query

SPOILS = ("signature", "cipher", "app_id", "time", "plain", "doctype")


def envelope_spoilt(account: OfficialAccount, xml: str, openid: str, spoil: Optional[str]) -> tuple[str, str]:
    """(query string, body) of a post, right unless `spoil` is one of SPOILS."""
    now = time.time()
    if spoil == "plain":
        return urlencode({**signed_query(account, now), "openid": openid}), xml
    if spoil == "app_id":
        account = dataclasses.replace(account, app_id=account.app_id[::-1])
    if spoil == "cipher":
        return sealed(account, base64.b64encode(os.urandom(96)).decode(), openid, now)
    query, body = envelope(account, xml, openid, now - 3600 if spoil == "time" else now)
    if spoil == "signature":
        query = query.replace("signature=", "signature=0")
    if spoil == "doctype":
        body = '<!DOCTYPE xml [<!ENTITY a "b">]>' + body
    return query, body
