from __future__ import annotations

import os

import pytest

pytest_plugins = ["tests.postgresql"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if os.environ.get("WEIJING_REFUSE_SKIPS") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("tests were skipped where none may be (WEIJING_REFUSE_SKIPS)", red=True)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter is not None and reporter.stats.get("skipped")
    if os.environ.get("WEIJING_REFUSE_SKIPS") and skipped and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
