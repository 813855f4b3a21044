"""What all commands of `weijing inbox` share: the database, the files, the clock, all labels."""

from __future__ import annotations

import contextlib
import datetime
from typing import TYPE_CHECKING, Dict, Iterator, List, Mapping

import typer
from rich.console import Console
from sqlalchemy.engine import Connection, Engine

from bot.development import settings_or_development
from bot.errors import CommandError

if TYPE_CHECKING:
    from bot.training.sentences import Sentence
    from bot.training.write_back import Files

console = Console(highlight=False)
BY = typer.Option(None, "--by", help="Who does it; the user of the machine unless given.")


@contextlib.contextmanager
def opened() -> Iterator[Engine]:
    """An engine on an upgraded database; this room's errors become one line and an exit code."""
    from bot.records import upgrade_database
    from bot.training.errors import TrainingError
    from messages.database import open_engine

    url = settings_or_development().database_url
    upgrade_database(url)
    engine = open_engine(url)
    try:
        yield engine
    except TrainingError as error:
        raise CommandError(str(error)) from None
    finally:
        engine.dispose()


def now() -> datetime.datetime:
    """The present moment."""
    return datetime.datetime.now(datetime.timezone.utc)


def data_files() -> Files:
    """The data as it is now."""
    from bot.settings import DATA, DOMAIN
    from bot.training.write_back import Files

    return Files(DATA, DOMAIN)


def held_out() -> List[Sentence]:
    """The sentences that models are measured with."""
    from bot.settings import ROOT
    from bot.training.sentences import read_sentences

    return read_sentences(ROOT / "tests" / "nlu" / "held_out.yml")


def names() -> Mapping[str, str]:
    """Intents and questions by what they are called in Chinese."""
    from bot.settings import DATA
    from bot.training.titles import titles

    return titles(DATA)


def known(session: Connection) -> List[str]:
    """Every intent and every question that a sentence may mean, those that wait to be written among them."""
    from bot.settings import DATA
    from bot.training import labels
    from bot.training.sentences import read_sentences

    waiting: Dict[str, str] = labels.proposed(session)
    return sorted({sentence.label for sentence in read_sentences(DATA)} | set(waiting))
