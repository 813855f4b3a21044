"""WeChat's error codes (全局返回码): what becomes of a message that met one, and what an operator can do."""

from __future__ import annotations

AGAIN = "again"  # surely not delivered, may work later
PARKED = "parked"  # not now: it leads the next reply
REFUSED = "refused"  # never

OUTCOMES: dict[int, str] = {
    -1: AGAIN, 40001: AGAIN, 40014: AGAIN, 42001: AGAIN, 40164: AGAIN, 45011: AGAIN,
    45009: PARKED, 45015: PARKED, 45047: PARKED, 48001: PARKED,
}
WINDOW_CLOSED = (45015, 45047)  # our count of the quota was wrong: WeChat's is the right one
NO_PERMISSION = (48001,)

ADVICE: dict[int, str] = {
    40001: "WECHAT_APP_SECRET is wrong, or another program renews the token without stable_token",
    40013: "WECHAT_APP_ID is wrong",
    40125: "WECHAT_APP_SECRET is wrong",
    40164: "add this machine's address to the account's IP allow-list",
    45009: "the day's calls are used up; `weijing wechat doctor` says of what",
    48001: "the account has no permission for this: it isn't verified, or the feature isn't switched on",
    48006: "clear_quota was used ten times this month",
}


def outcome_of(code: int) -> str:
    """AGAIN, PARKED or REFUSED; an unknown code is REFUSED, for it would only be met again."""
    return OUTCOMES.get(code, REFUSED)


def advice_for(code: int) -> str:
    """What to do about it, "" where there is nothing to say."""
    return ADVICE.get(code, "")
