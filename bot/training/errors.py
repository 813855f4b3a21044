"""What can go wrong when the bot is taught."""

from __future__ import annotations


class TrainingError(Exception):
    """Base of this room's errors; the message names the cure."""


class Refused(TrainingError):
    """A label, an answer or a model that may not go further; the message says why."""
