"""Officers' passwords: argon2id, and what makes one good enough."""

from __future__ import annotations

import functools
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from web.desk.errors import BadOfficer

SHORTEST, LONGEST = 10, 128
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike: it is read from paper


@functools.cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@functools.cache
def _nobodys() -> str:
    return hashed(secrets.token_hex(16))


def hashed(password: str) -> str:
    """The argon2id hash with its salt and costs."""
    return _hasher().hash(password)


def fits(stored: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; takes as long when there is none."""
    against = stored or _nobodys()
    try:
        return _hasher().verify(against, password[:LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def check_strength(name: str, password: str) -> None:
    """Raises BadOfficer for a password that is too short, too long, or the name."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadOfficer(f"a password has {SHORTEST} to {LONGEST} characters")
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise BadOfficer("the password is too easy: leave the name out of it and use more different characters")


def invented() -> str:
    """A password to print once: 4 groups of 4."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
