"""What can go wrong in the post room."""

from __future__ import annotations


class MessagesError(Exception):
    """Base of the post room's errors."""


class NewerSchema(MessagesError):
    """Raised when the database was upgraded by a newer program than this one."""


class BadDriver(MessagesError):
    """Raised when an identity is not 1 to 64 letters, digits, `_` or `-`."""


class FenceLost(MessagesError):
    """Raised when another process took the turn over; nothing of this one may be written."""


class NotYours(MessagesError):
    """Raised when an officer acts on a conversation that someone else has."""
