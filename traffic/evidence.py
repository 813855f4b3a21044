"""Which kept photos the station's files still need."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from traffic.accidents import AccidentPhoto
from traffic.articles import Article
from traffic.tickets import TicketPhoto


def paths_in_use(session: Connection) -> set[str]:
    """Paths, as `photos.keep` gave them, of all photos of accident cases and tickets, and of articles' pictures."""
    tables = (AccidentPhoto, TicketPhoto)
    shown = {str(path) for paths in session.execute(sa.select(Article.pictures)).scalars() for path in paths}
    return shown | {str(path) for table in tables for path in session.execute(sa.select(table.path)).scalars()}
