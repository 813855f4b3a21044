"""What can go wrong at the desk."""

from __future__ import annotations


class DeskError(Exception):
    """Base of the desk's errors."""


class NewerSchema(DeskError):
    """The database was upgraded by a newer program than this one."""


class BadOfficer(DeskError):
    """A name, role or password that an officer can't have; the message says why."""


class NoSuchOfficer(DeskError):
    """Nobody of this name is in the list of officers."""


class BadText(DeskError):
    """What was written is empty, too long, or has a placeholder that the station doesn't know; `.why` is a code."""

    def __init__(self, why: str) -> None:
        super().__init__(f"text refused: {why}")
        self.why = why


class Hidden(DeskError):
    """This officer may not see or do this."""


class Missing(DeskError):
    """There is no such conversation, ticket or answer."""
