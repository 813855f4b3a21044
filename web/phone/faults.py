"""Faults on demand: what WeChat or the way to it may do wrong, for tests."""

from __future__ import annotations

from typing import List, Optional

import pydantic


class Fault(pydantic.BaseModel):
    """One fault and how often it still happens.

    On calls of the API (`path` is part of theirs): `delay` seconds, then `errcode`, or HTTP `status`, or `hang_up`;
    with `after` the call is carried out first, so that the caller can't know. On posts to the account (`path` "post"):
    `together` sends the same post that many times at once, `repeat` again after the reply, `spoil` sends a wrong
    signature, cipher, app_id, time, plain or doctype, `patience` cuts the connection after that many seconds.
    On jobs (`path` "job/template", "job/notice", "job/mass", "job/recipient", "job/publish"): that one fails, with
    `errcode` as its code or publish_status.
    """

    path: str
    times: int = pydantic.Field(default=1, ge=1)
    delay: float = pydantic.Field(default=0, ge=0, le=120)
    errcode: Optional[int] = None
    status: Optional[int] = None
    hang_up: bool = False
    after: bool = False
    together: int = pydantic.Field(default=1, ge=1, le=50)
    repeat: int = pydantic.Field(default=0, ge=0, le=50)
    spoil: Optional[str] = None
    patience: Optional[float] = None

    class Config:
        extra = "forbid"


class Faults:
    """The faults asked for, in order; the first that fits happens."""

    def __init__(self) -> None:
        self._waiting: List[Fault] = []

    def add(self, faults: List[Fault]) -> None:
        """Asks for more faults."""
        self._waiting += faults

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._waiting = []

    def take(self, path: str) -> Optional[Fault]:
        """The fault that happens to this call or post, counted; None when all goes well."""
        for fault in self._waiting:
            if fault.path in path:
                fault.times -= 1
                self._waiting = [f for f in self._waiting if f.times]
                return fault
        return None
