"""What can go wrong in the post room."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError

LONGEST = 200

class MessagesError(Exception):
    """Base of the post room's errors."""


class NewerSchema(MessagesError):
    """Raised when the database was upgraded by a newer program than this one."""


class BadDriver(MessagesError):
    """Raised when an identity is not 1 to 64 letters, digits, `_` or `-`."""


class FenceLost(MessagesError):
    """Raised when another process took the turn over; nothing of this one may be written."""


class NotAllowed(MessagesError):
    """Raised when a broadcast may not take this step now: the message says which rule stands in the way."""


class NotYours(MessagesError):
    """Raised when an officer acts on a conversation that someone else has."""


def describe(error: BaseException) -> str:
    """One line about an error for logs: its kind, and its text where nothing of a driver can be in it.

    Of a database's error only the database's own first line: SQLAlchemy adds the statement and what was bound to it,
    PostgreSQL the row (DETAIL) or, when a value doesn't fit its column, the value.
    """
    kind = type(error).__name__
    if isinstance(error, DBAPIError) and not isinstance(error, DataError):
        said = str(error.orig).strip().splitlines()
        return f"{kind}: {said[0][:LONGEST]}" if said else kind
    if isinstance(error.__cause__, DBAPIError):
        return f"{kind}: {describe(error.__cause__)}"
    return f"{kind}: {error}" if isinstance(error, MessagesError) else kind
