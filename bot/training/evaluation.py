"""`weijing evaluate`: measures the live model on the held-out sentences and fails below the floors."""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import sys
from typing import List, Mapping, Sequence

from bot.nlu.misspelling import Misspeller
from bot.parse import Parser, load_parser, parse_lines
from bot.settings import ROOT
from bot.training.floors import broken, read_floors
from bot.training.measures import Measures, measure
from bot.training.report import write_report
from bot.training.sentences import Sentence, read_sentences

HELD_OUT = ROOT / "tests" / "nlu" / "held_out.yml"
FLOORS = ROOT / "tests" / "nlu" / "floors.yml"
MISTAKES = 20261122
"""Seed of the mistakes put into the sentences; training uses another."""


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """What was measured: as written, and with one mistake in each sentence."""

    measures: Measures
    misspelt: Measures
    broken: List[str]
    page: pathlib.Path


def evaluate(parser: Parser, sentences: Sequence[Sentence], floors: pathlib.Path, folder: pathlib.Path) -> Evaluation:
    """Measures, compares with the floors, and writes the report page into `folder`."""
    parsed = parse_lines(parser, [sentence.text for sentence in sentences])
    measures, misspelt = measure(sentences, parsed), _misspelt(parser, sentences)
    figures = read_floors(floors)
    lines = broken(measures, figures)
    lost = measures.accuracy - misspelt.accuracy
    if lost > figures["lost_by_a_mistake"]:
        lines.append(f"one mistake in each sentence loses {lost:.3f}, at most {figures['lost_by_a_mistake']} is asked")
    return Evaluation(measures, misspelt, lines, write_report(folder, sentences, parsed, measures, misspelt, lines))


def _misspelt(parser: Parser, sentences: Sequence[Sentence]) -> Measures:
    misspell = Misspeller(_character_frequencies())
    forms = [dataclasses.replace(sentence, text=misspell(sentence.text, MISTAKES), marks=()) for sentence in sentences]
    return measure(forms, parse_lines(parser, [form.text for form in forms]))


def _character_frequencies() -> Mapping[str, int]:
    from bot.nlu.word_cutter import WordCutter

    frequencies: Mapping[str, int] = WordCutter([]).jieba.FREQ
    return frequencies


def main(args: Sequence[str]) -> int:
    """Options: --model (default: the live one), --sentences, --folder for the report. 1 when a floor is broken."""
    options = _options().parse_args(list(args))
    done = evaluate(load_parser(options.model), read_sentences(options.sentences), FLOORS, options.folder)
    sys.stdout.write(_summary(done))
    return 1 if done.broken else 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="weijing evaluate", description=__doc__)
    parser.add_argument("--model", type=pathlib.Path, default=ROOT / "models" / "live.tar.gz")
    parser.add_argument("--sentences", type=pathlib.Path, default=HELD_OUT)
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "var" / "evaluation")
    return parser


def _summary(done: Evaluation) -> str:
    m = done.measures
    lines = [f"{m.sentences} sentences: understood {m.accuracy:.3f}, among the two likeliest {m.second_best:.3f}; "
             f"with one mistake in each {done.misspelt.accuracy:.3f}",
             f"ours to fallback {m.fallback:.3f}, wrong service {m.wrong_service:.3f}; not ours but served "
             f"{m.served_out_of_scope:.3f}; calibration error {m.calibration_error:.3f}",
             f"{m.p50:.1f} ms (median), {m.p99:.1f} ms (99th percentile)",
             *(f"floor broken: {line}" for line in done.broken), f"report: {done.page}"]
    return "\n".join(lines) + "\n"
