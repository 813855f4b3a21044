"""What can go wrong in the records room; the sentences a driver reads are in `data/`."""

from __future__ import annotations

import datetime
from typing import Dict


class TrafficError(Exception):
    """Any fault of the records room."""


class PlateError(TrafficError):
    """A number plate that cannot exist; `reason` is a code such as `too_short`, `start`/`end` its place in a text."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not a number plate ({reason}): write it like 浙JA1234")
        self.reason = reason


class LicenseError(TrafficError):
    """A licence number that is not 18 places long (17 digits, then a digit or X)."""


class ProofError(TrafficError):
    """The proof does not fit: the record is unknown or the tail is wrong, and nobody outside may learn which."""


class TooManyProofs(TrafficError):
    """Five wrong proofs were given today by this subscriber or for this plate or licence: wait until tomorrow."""


class CounterCodeGone(TrafficError):
    """No such code for the counter, or it is over."""


class NotYours(TrafficError):
    """No such booking, ticket or case of this subscriber; equal for unknown and another's."""


class SlotUnknown(TrafficError):
    """The slot does not exist, is over, or is of another kind: ask for free slots again."""


class SlotFull(TrafficError):
    """Somebody else took the last place of this slot: offer another one."""


class AlreadyBooked(TrafficError):
    """This vehicle has an appointment of this kind; `number` is its number when it is the asker's own, else None."""

    def __init__(self, number: str | None) -> None:
        super().__init__("this vehicle already has an appointment of this kind: change or cancel that one")
        self.number = number


class TooManyNoShows(TrafficError):
    """The asker didn't come to too many appointments; `again` is the first day on which they can book."""

    def __init__(self, again: datetime.date) -> None:
        super().__init__(f"missed too many appointments: can book again from {again.isoformat()}")
        self.again = again


class LinkGone(TrafficError):
    """A one-time link was opened before, is too old, or is none of ours: a new one comes from the chat."""


class RoadUnknown(TrafficError):
    """No road or place of this name is in the records."""


class NaiveTime(TrafficError):
    """A time without zone was about to be stored: pass an aware datetime."""


class DatabaseNewer(TrafficError):
    """The database has a newer schema than this program: install the newer program."""


class DatabaseMissing(TrafficError):
    """The database cannot be reached or has no tables yet: `weijing db upgrade` makes them."""


class DemoRefused(TrafficError):
    """The database already holds records; the invented city goes only into an empty one."""


class ImportRefused(TrafficError):
    """A file cannot be imported at all: unknown kind, unreadable, or without the columns that are needed."""


class BulletinError(TrafficError):
    """A bulletin that cannot be: `field` is road, from_place, to_place, kind, cause, starts, ends, … or unknown."""

    def __init__(self, field: str) -> None:
        super().__init__(f"the bulletin's {field} is missing or wrong")
        self.field = field


class ArticleError(TrafficError):
    """An announcement that cannot be: `field` is topic, title, body, until or unknown."""

    def __init__(self, field: str) -> None:
        super().__init__(f"the announcement's {field} is missing or wrong")
        self.field = field


class CauseUnknown(TrafficError):
    """No liability case of this code: choose one of `accident_causes.causes()`."""


class PhotoRefused(TrafficError):
    """A file that cannot be kept as a photo; `reason` is too_big, no_picture or too_many."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not kept as a photo ({reason}): send a JPEG, PNG or WebP of at most 10 MB")
        self.reason = reason


class JoinRefused(TrafficError):
    """No case waits for a second driver under this code; equal for unknown, taken and too old."""


class OwnCase(TrafficError):
    """Who opened a case cannot be its second driver too: the other driver types the code."""


class AnotherCase(TrafficError):
    """This driver is in the middle of another accident case: finish or give up that one first."""


class CaseMoved(TrafficError):
    """The case is no longer, or not yet, in the state that this deed needs: look at it again."""


class DetailsRefused(TrafficError):
    """Something a driver typed about himself cannot be; `wrong` says what: field → reason."""

    def __init__(self, wrong: Dict[str, str]) -> None:
        super().__init__(f"cannot be so: {', '.join(sorted(wrong))}")
        self.wrong = wrong
