"""One-time codes (TOTP, 动态码) besides the password: enrolled on the account page, reset by an administrator."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac

import pyotp
import segno
import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy.engine import Connection

from web.desk.errors import BadText, NoSuchOfficer
from web.desk.officers import find
from web.desk.tables import officers

HALF_MINUTE = 30
NEIGHBOURS = (0, -1, 1)  # clocks differ


class Codes:
    """Makes and checks codes; secrets lie in the database encrypted with a key of WEIJING_SECRET."""

    def __init__(self, secret: str) -> None:
        key = hmac.new(secret.encode(), b"desk one-time codes", hashlib.sha256).digest()
        self._box = Fernet(base64.urlsafe_b64encode(key))

    def enrol(self, session: Connection, officer: int, secret: str, code: str, now: datetime.datetime) -> None:
        """From now on the officer needs codes. Raises BadText when the first code is wrong."""
        step = _step_of(secret, code, now)
        if step is None:
            raise BadText("code")
        session.execute(sa.update(officers).where(officers.c.id == officer).values(
            one_time_secret=self._box.encrypt(secret.encode()).decode(), one_time_step=step))

    def admit(self, session: Connection, officer: int, code: str, now: datetime.datetime) -> bool:
        """Whether the code is right; true for who has none. Each code counts once."""
        row = session.execute(sa.select(officers.c.one_time_secret, officers.c.one_time_step)
                              .where(officers.c.id == officer).with_for_update()).one()
        if row.one_time_secret is None:
            return True
        step = _step_of(self._open(row.one_time_secret), code, now)
        if step is None or step <= (row.one_time_step or 0):
            return False
        session.execute(sa.update(officers).where(officers.c.id == officer).values(one_time_step=step))
        return True

    def _open(self, kept: str) -> str:
        try:
            return self._box.decrypt(kept.encode()).decode()
        except InvalidToken:  # WEIJING_SECRET was changed: nobody gets in until an administrator resets
            return pyotp.random_base32()


def new_secret() -> str:
    """A secret for the officer's phone."""
    return pyotp.random_base32()


def picture_of(secret: str, name: str, station: str) -> str:
    """The QR code that an authenticator app reads, as a data: address."""
    address = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=station)
    return segno.make(address, error="m").svg_data_uri(scale=5, border=3)


def has_codes(session: Connection, officer: int) -> bool:
    """Whether the officer signs in with codes."""
    return session.execute(sa.select(officers.c.one_time_secret).where(officers.c.id == officer)).scalar() is not None


def reset(session: Connection, name: str) -> None:
    """The phone is lost: the password alone is enough again. Raises NoSuchOfficer."""
    officer = find(session, name)
    if not session.execute(sa.update(officers).where(officers.c.id == officer.id).values(
            one_time_secret=None, one_time_step=None)).rowcount:
        raise NoSuchOfficer(name)


def _step_of(secret: str, code: str, now: datetime.datetime) -> int | None:
    """The half minute for which the code is right: this one, or a neighbour."""
    plain = "".join(code.split())
    present = int(now.timestamp()) // HALF_MINUTE
    steps = (present + near for near in NEIGHBOURS)
    return next((step for step in steps if hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step), plain)), None) \
        if plain.isascii() and plain.isdigit() else None
