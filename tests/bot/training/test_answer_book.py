from __future__ import annotations

import pytest

from bot.training.answer_book import Entry

LAW = "道路交通安全法实施条例 第57条; 刑法 第133条之一; 道路交通安全违法行为记分管理办法"


@pytest.mark.parametrize(("law", "touched"), [
    ("道路交通安全法实施条例 第57条", True), ("道路交通安全法实施条例", True), ("实施条例第57条", True),
    ("《道路交通安全法实施条例》 第57条", True), ("记分管理办法", True), ("刑法 第133条", True), ("第57条", True),
    ("道路交通安全法 第57条", False), ("道路交通安全法", False), ("道路交通安全法实施条例 第5条", False), (" ", False)])
def test_a_law_touches_what_names_it_and_not_its_regulations(law: str, touched: bool) -> None:
    assert Entry("points_rules/signals", "", "", LAW, "", "", "").touched_by(law) is touched
