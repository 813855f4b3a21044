"""The inbox's tables in the one database: their own migrations."""

from __future__ import annotations

import datetime
import pathlib
from typing import Any, Dict, List

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.training.errors import TrainingError
from bot.training.tables import training_log
from messages.database import open_engine, reading

VERSION_TABLE = "alembic_version_training"


def upgrade(url: str) -> None:
    """Brings the inbox's tables to this program's schema; quick when they are there.

    Raises TrainingError when the database is ahead of this program.
    """
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(pathlib.Path(__file__).parent / "migrations").replace("%", "%%"))
    engine = open_engine(url)
    try:
        if _revision(engine) != ScriptDirectory.from_config(config).get_current_head():
            config.attributes["engine"] = engine
            command.upgrade(config, "head")
    except CommandError as error:
        raise TrainingError(f"database has a newer schema than this program: {error}; update the program") from None
    finally:
        engine.dispose()


def _revision(engine: Engine) -> str | None:
    from alembic.runtime.migration import MigrationContext

    with reading(engine) as connection:
        return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()


def log(session: Connection, who: str, deed: str, detail: Dict[str, Any], now: datetime.datetime) -> None:
    """Keeps who did what; never words of a driver."""
    session.execute(sa.insert(training_log).values(at=now, who=who, deed=deed, detail=detail))


def deeds(session: Connection, limit: int = 30) -> List[Any]:
    """Rows of `training_log` (at, who, deed, detail), newest first."""
    return list(session.execute(sa.select(training_log).order_by(training_log.c.id.desc()).limit(limit)))
