"""The post room's clock."""

from __future__ import annotations

import datetime


def utc_now() -> datetime.datetime:
    """Now, with its zone."""
    return datetime.datetime.now(datetime.timezone.utc)
