from __future__ import annotations

import pathlib

import yaml

from bench.projects import copy_sentences, stock_config, weijing_config, write_project
from bench.results import accuracy, table, write_results
from bench.understanding import judge_labelled
from bot.settings import ROOT

MEASURED = {"accuracy": 0.8, "ms": [1.0, 2.0, 3.0], "train_s": 60.0, "train_cpu_s": 70.0, "train_mb": 500.0,
            "start_s": 5.0, "mb": 400.0, "per_second": 100.0, "server_ms": [10.0, 20.0]}


def test_both_projects_have_the_same_sentences_and_rules(tmp_path: pathlib.Path) -> None:
    one = write_project(tmp_path / "stock", ROOT, stock_config(epochs=1))
    other = write_project(tmp_path / "weijing", ROOT, weijing_config(ROOT))
    files = sorted(path.relative_to(one) for path in one.rglob("*.yml") if path.name != "config.yml")
    assert files
    assert all((one / file).read_bytes() == (other / file).read_bytes() for file in files)


def test_sentences_kept_for_a_bench_stay_as_they_were(tmp_path: pathlib.Path) -> None:
    kept = next((copy_sentences(ROOT, tmp_path) / "data" / "nlu").glob("*.yml"))
    kept.write_text("mine", encoding="utf-8")
    copy_sentences(ROOT, tmp_path)
    assert kept.read_text(encoding="utf-8") == "mine"


def test_every_intent_of_a_project_has_a_reply(tmp_path: pathlib.Path) -> None:
    project = write_project(tmp_path, ROOT, stock_config(epochs=1))
    domain = yaml.safe_load((project / "domain.yml").read_text(encoding="utf-8"))
    assert {f"utter_{intent}" for intent in domain["intents"]} <= {*domain["responses"], *domain["actions"]}


def test_the_table_has_a_dash_for_what_was_not_measured() -> None:
    plain = {key: value for key, value in MEASURED.items() if not key.startswith(("per", "server"))}
    rows = table({"stock Rasa": MEASURED, "SVM": plain}).splitlines()
    assert "| messages a second, whole server | 100 | – |" in rows


def test_results_compare_with_stock(tmp_path: pathlib.Path) -> None:
    slow = {**MEASURED, "per_second": 10.0, "train_cpu_s": 700.0, "server_ms": [100.0, 200.0]}
    write_results(tmp_path / "RESULTS.md", {"stock Rasa": slow, "Weijing": MEASURED}, {"cores": 2})
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "- 10.0 times the messages a second" in text
    assert "- training 10.0 times as fast" in text
    assert (tmp_path / "results.png").exists()


def test_questions_of_topics_count_as_their_topic() -> None:
    assert accuracy(["pay_fine", "greet"], ["pay_fine/how", "thank"]) == 0.5


def test_a_labelled_file_accepts_the_second_best() -> None:
    rows = [{"label": "complaint", "alt": "pay_fine"}, {"label": "chitchat", "alt": ""}]
    assert judge_labelled(rows, ["pay_fine/how", "greet"]) == {"strict": 0.5, "accepted": 1.0}
