"""What an officer saw, said and did, into the audit chain; in the same transaction as the deed."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from sqlalchemy.engine import Connection

from traffic import audit
from web.desk.database import records


def record(connection: Connection, officer: str, deed: str, subject: str, detail: dict[str, Any] | None = None, *,
           now: datetime.datetime) -> None:
    """Appends one entry. Words themselves stay out of it: `of_words` says which they were."""
    with records(connection) as session:
        audit.record(session, officer, deed, subject, detail, now=now)


def of_words(text: str) -> dict[str, Any]:
    """Length and SHA-256 of what was written: whoever changes the words later can't change this."""
    return {"characters": len(text), "sha256": hashlib.sha256(text.encode()).hexdigest()}
