"""Names that processes take leases under: on the same machine they tell whether their bearer still lives."""

from __future__ import annotations

import hashlib
import os
import pathlib
import uuid
from typing import Optional

PROC = pathlib.Path("/proc")
NOWHERE = "nowhere"
ENDED = ("Z", "X")  # states of a process that nobody has buried yet


def new_holder() -> str:
    """A name for one worker of this process, at most 32 characters."""
    begun = _begun(os.getpid())
    return f"{_place()}-{os.getpid()}-{begun}-{uuid.uuid4().hex[:4]}" if begun else uuid.uuid4().hex


def surely_dead(holder: str) -> bool:
    """Whether the process of that name has ended; False for one that can't be seen from here."""
    place, _, rest = holder.partition("-")
    number, _, rest = rest.partition("-")
    begun = rest.partition("-")[0]
    return place == _place() != NOWHERE and number.isdigit() and begun.isdigit() and _begun(int(number)) != begun


def _place() -> str:
    """This boot of this machine, as far as its processes see each other: containers don't."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text()
        return hashlib.sha256((boot + os.readlink(PROC / "self/ns/pid")).encode()).hexdigest()[:8]
    except OSError:
        return NOWHERE


def _begun(process: int) -> Optional[str]:
    """When a process began, in the kernel's ticks since the boot; None when there is none."""
    try:
        facts = (PROC / str(process) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if facts[0] in ENDED else facts[19]
