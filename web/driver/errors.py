"""What can go wrong on a driver's page."""

from __future__ import annotations


class DriverPageError(Exception):
    """Base of these errors."""


class Missing(DriverPageError):
    """There is nothing of this name for this driver; equal for unknown and another's."""
