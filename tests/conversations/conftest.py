from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import pathlib
import warnings
from typing import Any, Dict, Iterator

import pytest
import structlog

from tests.conversations.action_server import serving

SETTINGS = {"WECHAT_TOKEN": "token", "WECHAT_APP_ID": "wx0000000000000000", "WECHAT_APP_SECRET": "secret",
            "WECHAT_ENCODING_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "WEIJING_SECRET": "s" * 40,
            "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1", "RASA_TELEMETRY_ENABLED": "false",
            "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dict[str, str]]:
    from bot.settings import load_settings

    database = tmp_path_factory.mktemp("conversations") / "weijing.db"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**SETTINGS, "DATABASE_URL": f"sqlite:///{database}"}.items():
            patch.setenv(name, value)
        load_settings.cache_clear()
        yield dict(os.environ)
    load_settings.cache_clear()


@pytest.fixture(scope="session")
def small_town(environment: Dict[str, str]) -> Iterator[None]:
    import traffic.migrations
    from actions import records
    from traffic.database import open_engine
    from traffic.demo import make_demo

    traffic.migrations.upgrade(environment["DATABASE_URL"])
    engine = open_engine(environment["DATABASE_URL"])
    make_demo(engine, vehicles=2000, drivers=1500, violations=3000)
    engine.dispose()
    records.forget_engine()
    yield
    records.forget_engine()


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The live model when it was made from the data as it is now, else one trained once for all workers."""
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
def agent(small_town: None, environment: Dict[str, str], model: pathlib.Path,
          tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from bot.settings import ROOT, load_settings

    secret = load_settings().actions_secret
    with serving(secret) as port, pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        patch.setenv("ACTIONS_PORT", str(port))
        patch.setenv("ACTIONS_SECRET", secret)
        from rasa.core.agent import load_agent
        from rasa.core.utils import AvailableEndpoints

        logging.getLogger("rasa").setLevel(logging.ERROR)
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
        endpoints = AvailableEndpoints.read_endpoints(str(ROOT / "endpoints.yml"))
        yield asyncio.run(load_agent(str(model), endpoints=endpoints))
