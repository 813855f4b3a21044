"""Weijing, stock Rasa and a plain support vector machine on the same sentences, in one run.

    python -m bench.understanding [--epochs 5] [--messages 2000] [--labelled FILE.tsv] [--without-stock] [--folder D]
Stock Rasa's five epochs take three quarters of an hour on two cores, the hundred that are usual for a few hundred
sentences half a day; the results name them. In a --folder sentences and trained models stay: the next run there trains
only what is missing and asks all again.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import datetime
import json
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence

from bench.projects import STOCK, WEIJING, copy_sentences, stock_config, weijing_config, write_project
from bench.results import accuracy, write_results
from bench.server import drive_in_turns, running
from bot.settings import ROOT
from bot.training.sentences import read_sentences

HELD_OUT = ROOT / "tests" / "nlu" / "held_out.yml"


def main(args: Sequence[str]) -> int:
    """Runs all and writes bench/RESULTS.md."""
    options = _options().parse_args(list(args))
    with _workplace(options.folder) as folder:
        bench = Bench(folder, options)
        measured = {"TF-IDF + SVM": bench.plain(), WEIJING: bench.rasa("weijing", weijing_config(ROOT))}
        if not options.without_stock:
            measured = {STOCK: bench.rasa("stock", stock_config(options.epochs)), **measured}
        bench.serve({each: of for each, of in measured.items() if "project" in of})
    write_results(ROOT / "bench" / "RESULTS.md", measured, _notes(options, bench))
    sys.stdout.write((ROOT / "bench" / "RESULTS.md").read_text(encoding="utf-8"))
    return 0


@contextlib.contextmanager
def _workplace(kept: Optional[pathlib.Path]) -> Iterator[pathlib.Path]:
    """The folder to keep, or one that goes afterwards."""
    if kept:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="weijing-bench-") as folder:
        yield pathlib.Path(folder)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="weijing bench", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--epochs", type=int, default=5, help="of DIET, ResponseSelector and TED")
    parser.add_argument("--messages", type=int, default=2000, help="sent through each server")
    parser.add_argument("--labelled", type=pathlib.Path, help="questions with columns id, label, alt, text")
    parser.add_argument("--folder", type=pathlib.Path, help="keeps the sentences and the trained models")
    parser.add_argument("--without-stock", action="store_true", help="only what is quick")
    return parser


class Bench:
    """What all systems share: the sentences, the questions, a folder to work in."""

    def __init__(self, folder: pathlib.Path, options: argparse.Namespace) -> None:
        self.folder, self.options = folder, options
        self.kept: List[str] = []
        self.held_out = read_sentences(HELD_OUT)
        self.labelled = _labelled(options.labelled) if options.labelled else []
        self.texts = [s.text for s in self.held_out] + [row["text"] for row in self.labelled]
        self.questions = self._file("questions.json", self.texts)
        self.source = copy_sentences(ROOT, folder / "source")
        self.trained_on = read_sentences(self.source / "data")
        self.sentences = self._file("sentences.json", [[s.text, s.intent] for s in self.trained_on])

    def _file(self, name: str, content: Any) -> pathlib.Path:
        path = self.folder / name
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    def plain(self) -> Dict[str, Any]:
        """TF-IDF and a linear SVM."""
        return self._judged(run("svm", self.sentences, self.questions))

    def rasa(self, name: str, config: Dict[str, Any]) -> Dict[str, Any]:
        """A Rasa project: trained, and asked alone."""
        project = self.folder / name
        _tell(f"{name}: training, then {len(self.texts)} sentences")
        trained = self._trained(name, project, config)
        asked = run("ask", pathlib.Path(trained["model"]), self.questions)
        return self._judged({"project": str(project), **trained, **asked})

    def serve(self, measured: Mapping[str, Dict[str, Any]]) -> None:
        """Adds what the servers of Rasa projects do, all of them running, asked in turns."""
        _tell(f"servers: {self.options.messages} messages each")
        with contextlib.ExitStack() as stack:
            urls = {name: stack.enter_context(running(pathlib.Path(of["project"]), pathlib.Path(of["model"]), ROOT,
                                                      "bot.quick_rasa" if name == WEIJING else "rasa"))
                    for name, of in measured.items()}
            for name, figures in drive_in_turns(urls, self.texts, self.options.messages).items():
                measured[name].update(figures)

    def _trained(self, name: str, project: pathlib.Path, config: Dict[str, Any]) -> Dict[str, Any]:
        """What training took; read again where the folder has the model already."""
        told = project / "trained.json"
        if told.exists():
            self.kept.append(name)
        else:
            write_project(project, self.source, config)
            trained = run("train", project, project / "models" / name)
            if trained["code"] != 0:
                raise RuntimeError(f"training of {name} failed")
            told.write_text(json.dumps(trained), encoding="utf-8")
        known: Dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
        return known

    def _judged(self, measured: Dict[str, Any]) -> Dict[str, Any]:
        own, others = measured["intents"][:len(self.held_out)], measured["intents"][len(self.held_out):]
        measured["accuracy"] = accuracy([s.intent for s in self.held_out], own)
        return {**measured, **judge_labelled(self.labelled, others)}


def _tell(what: str) -> None:
    """On the terminal; the table alone goes to standard output."""
    sys.stderr.write(f"{datetime.datetime.now():%H:%M} {what}\n")


def judge_labelled(rows: Sequence[Dict[str, str]], intents: Sequence[str]) -> Dict[str, float]:
    """Strict and accepted shares on a labelled file, whose labels are intents or names of groups of them."""
    if not rows:
        return {}
    strict = [_fits(row["label"], intent) for row, intent in zip(rows, intents, strict=True)]
    second = [bool(row["alt"]) and _fits(row["alt"], intent) for row, intent in zip(rows, intents, strict=True)]
    accepted = sum(one or other for one, other in zip(strict, second, strict=True))
    return {"strict": sum(strict) / len(rows), "accepted": accepted / len(rows)}


GROUPS = {
    "inspection_faq": {"inspection_rules"}, "accident_handling": {"accident_procedure", "book_accident_handling"},
    "minor_accident": {"report_minor_accident"}, "road_conditions": {"query_road_conditions"},
    "speed_cameras": {"query_speed_cameras"}, "complaint": {"file_complaint"}, "suggestion": {"give_suggestion"},
    "report_others": {"report_offense"}, "ask_human": {"request_human"},
    "chitchat": {"greet", "goodbye", "thank", "affirm", "deny", "stop", "help", "inform", "chitchat", "bot_challenge"},
    "out_of_scope": {"out_of_scope", "nlu_fallback"},
}


def _fits(label: str, intent: str) -> bool:
    return intent.split("/")[0] in GROUPS.get(label, {label})


def _labelled(path: pathlib.Path) -> List[Dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def run(*words: Any) -> Dict[str, Any]:
    """A command of bench.systems in a process of its own; raises RuntimeError with its last words."""
    command = [sys.executable, "-W", "ignore", "-m", "bench.systems", *map(str, words)]
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "RASA_TELEMETRY_ENABLED": "false"}
    done = subprocess.run(command, cwd=ROOT, env=quiet, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{words[0]} failed: {done.stderr.strip()[-500:]}")
    result: Dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return result


def _notes(options: argparse.Namespace, bench: Bench) -> Dict[str, Any]:
    return {"date": datetime.date.today().isoformat(), "cores": os.cpu_count(), "Python": platform.python_version(),
            "sentences trained on": len(bench.trained_on), "held-out sentences": len(bench.held_out),
            "labelled questions": len(bench.labelled) or "none",
            "trained in an earlier run of the same folder": ", ".join(bench.kept) or "none",
            "epochs of stock Rasa's three networks": options.epochs,
            "messages through each server": options.messages,
            "servers": "one Rasa process each, rest channel, a rule and a reply an intent, 20 drivers at once, in "
                       "turns of 250 messages; Weijing's with its shortcuts (docs/decisions/0005)"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
