from __future__ import annotations

import asyncio
import fcntl
import gc
import logging
import os
import pathlib
import warnings
from typing import Any, Iterator

import pytest
import structlog

from tests.conversations.action_server import SECRET, port_of_actions

QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "RASA_TELEMETRY_ENABLED": "false",
         "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


# The actions get this engine directly: DATABASE_URL in the environment would reach other tests of the same process.
@pytest.fixture(scope="session")
def small_town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from cryptography.fernet import Fernet

    import traffic.migrations
    from actions import records, sealing
    from traffic.database import open_engine
    from traffic.demo import make_demo

    url = f"sqlite:///{tmp_path_factory.mktemp('conversations')}/weijing.db"
    traffic.migrations.upgrade(url)
    engine = open_engine(url)
    make_demo(engine, vehicles=2000, drivers=1500, violations=3000)
    records.forget_engine()
    records._opened.append(engine)
    sealing._seals[:] = [Fernet(Fernet.generate_key())]
    yield url
    records.forget_engine()


# The live model when it was made from the data as it is now, else one trained once for all workers.
@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    from bot.models import LIVE, is_current, train_model

    if "WEIJING_MODEL" in os.environ:
        return pathlib.Path(os.environ["WEIJING_MODEL"])
    if is_current():
        return LIVE
    shared = tmp_path_factory.getbasetemp()
    folder = (shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared) / "model"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        trained = next(folder.glob("*.tar.gz"), None)
        return trained or folder / train_model(folder).model


@pytest.fixture(scope="session")
def agent(small_town: str, model: pathlib.Path) -> Any:
    return loaded(model, port_of_actions(), small_town)


def loaded(model: pathlib.Path, port: int, database: str) -> Any:
    from bot.settings import ROOT

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, value in {**QUIET, "ACTIONS_PORT": str(port), "ACTIONS_SECRET": SECRET}.items():
            patch.setenv(name, value)
        from rasa.core.agent import load_agent
        from rasa.core.utils import AvailableEndpoints

        from bot.rasa_shortcuts import take_shortcuts

        take_shortcuts()  # as in Rasa's own process
        logging.getLogger("rasa").setLevel(logging.ERROR)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
        endpoints.tracker_store.url = database
        agent = asyncio.run(load_agent(str(model), endpoints=endpoints))
        gc.collect()  # the model stays: looked through again and again, it takes an eighth of the time
        gc.freeze()
        return agent
