"""The voucher of an appointment as the window checks it: anybody's booking by its number, for officers only."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from traffic.appointments import ACTIVE, Booking, BookingRow, as_booking
from traffic.errors import NotYours
from traffic.no_shows import CAME as ATTENDED
from traffic.no_shows import MISSED


def any_booking(session: Session, number: str) -> Booking:
    """The booking of this number in any state. Raises NotYours when there is none."""
    row = session.execute(sa.select(BookingRow).where(BookingRow.number == number)).scalar_one_or_none()
    if row is None:
        raise NotYours("no such appointment")
    return as_booking(row)


def attend(session: Session, number: str) -> bool:
    """Notes that the driver came, also when the night took it for missed.

    False when the booking was not active (any more). Raises NotYours.
    """
    came = sa.update(BookingRow).where(BookingRow.number == number, BookingRow.state.in_((ACTIVE, MISSED)))
    came = came.values(state=ATTENDED)
    done = session.execute(came, execution_options={"synchronize_session": False}).rowcount == 1
    session.expire_all()
    any_booking(session, number)
    return done
