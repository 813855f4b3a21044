"""Envelopes that are wrong on purpose: what an attacker, a wrong setting or a broken way may send."""

from __future__ import annotations

import dataclasses
import time
from typing import Optional
from urllib.parse import urlencode

from web.phone.account import OfficialAccount
from web.phone.posts import envelope, signed_query

SPOILS = ("signature", "cipher", "app_id", "time", "plain", "doctype")


def envelope_spoilt(account: OfficialAccount, xml: str, openid: str, spoil: Optional[str]) -> tuple[str, str]:
    """(query string, body) of a post, right unless `spoil` is one of SPOILS."""
    now = time.time()
    if spoil == "plain":
        return urlencode({**signed_query(account, now), "openid": openid}), xml
    if spoil == "app_id":
        account = dataclasses.replace(account, app_id=account.app_id[::-1])
    query, body = envelope(account, xml, openid, now - 3600 if spoil == "time" else now)
    if spoil == "signature":
        query = query.replace("signature=", "signature=0")
    if spoil == "cipher":
        body = body.replace("<Encrypt><![CDATA[", "<Encrypt><![CDATA[AAAA")
    if spoil == "doctype":
        body = '<!DOCTYPE xml [<!ENTITY a "b">]>' + body
    return query, body
