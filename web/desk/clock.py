"""Moments as officers read them: in the station's time zone."""

from __future__ import annotations

import datetime

from messages.clock import utc_now
from traffic.opening_days import station_zone


class StationClock:
    """What templates ask about time."""

    def now(self) -> datetime.datetime:
        """Now, with its zone."""
        return utc_now()

    def local(self, moment: datetime.datetime) -> datetime.datetime:
        """The moment at the station."""
        return moment.astimezone(station_zone())

    def is_today(self, moment: datetime.datetime) -> bool:
        """Whether the moment is on the station's present day."""
        return self.local(moment).date() == self.today()

    def today(self) -> datetime.date:
        """The station's date."""
        return self.local(self.now()).date()

    def minutes_since(self, moment: datetime.datetime) -> int:
        """Whole minutes that have gone by."""
        return max(0, int((self.now() - moment).total_seconds() // 60))
