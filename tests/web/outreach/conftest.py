from __future__ import annotations

import pytest

from bot.settings import load_station
from tests.web.desk.conftest import engine, migrated, url, write
from web.desk.sentences import Sentences
from web.outreach.clockwork import SENTENCES

__all__ = ["engine", "migrated", "url", "write"]


@pytest.fixture
def sentences() -> Sentences:
    return Sentences(load_station(), SENTENCES)
