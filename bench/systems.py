"""Trains and asks one system in a process of its own, so that time and memory are its own.

    python -m bench.systems train PROJECT MODEL            a Rasa project → model
    python -m bench.systems ask MODEL QUESTIONS            a Rasa model on a JSON list of texts
    python -m bench.systems svm SENTENCES QUESTIONS        TF-IDF and a linear SVM, trained and asked
Each prints one JSON object on its last line.
"""

from __future__ import annotations

import json
import pathlib
import resource
import sys
import time
from typing import Any, Callable, Dict, List

MEGABYTE = 1024


def memory() -> float:
    """The most memory this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def processor_seconds() -> float:
    """What this process has had of the processors, whatever else the machine did meanwhile."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def train(project: str, model: str) -> Dict[str, Any]:
    """Trains a project with nothing cached; seconds without the import of Rasa."""
    from rasa.api import train as rasa_train

    folder, target = pathlib.Path(project), pathlib.Path(model)
    began = time.perf_counter()
    result = rasa_train(domain=str(folder / "domain.yml"), config=str(folder / "config.yml"), force_training=True,
                        training_files=str(folder / "data"), output=str(target.parent), fixed_model_name=target.name)
    return {"code": result.code, "model": result.model, "train_s": time.perf_counter() - began,
            "train_cpu_s": processor_seconds(), "train_mb": memory()}


def ask(model: str, questions: str) -> Dict[str, Any]:
    """Loads a model and asks it each text once, after ten to warm up."""
    began = time.perf_counter()
    from bot.parse import load_parser

    parser = load_parser(pathlib.Path(model))
    started = time.perf_counter() - began
    return {"start_s": started, **_asked(lambda text: parser.parse(text)["intent"], questions), "mb": memory()}


def svm(sentences: str, questions: str) -> Dict[str, Any]:
    """The plain baseline: character n-grams of 1 to 4, a linear support vector machine, no fallback."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    pairs = json.loads(pathlib.Path(sentences).read_text(encoding="utf-8"))
    began = time.perf_counter()
    vectors = TfidfVectorizer(analyzer="char", ngram_range=(1, 4), min_df=2, sublinear_tf=True)
    machine = make_pipeline(vectors, LinearSVC(C=0.3, random_state=0))
    machine.fit([text for text, _ in pairs], [label for _, label in pairs])
    trained = time.perf_counter() - began
    return {"train_s": trained, "train_cpu_s": processor_seconds(), "train_mb": memory(), "start_s": None,
            **_asked(lambda text: str(machine.predict([text])[0]), questions), "mb": memory()}


def _asked(answer: Callable[[str], str], questions: str) -> Dict[str, Any]:
    texts: List[str] = json.loads(pathlib.Path(questions).read_text(encoding="utf-8"))
    for text in texts[:10]:
        answer(text)
    intents, times = [], []
    for text in texts:
        began = time.perf_counter()
        intents.append(answer(text))
        times.append((time.perf_counter() - began) * 1000)
    return {"intents": intents, "ms": times}


if __name__ == "__main__":
    done = {"train": train, "ask": ask, "svm": svm}[sys.argv[1]](*sys.argv[2:])
    sys.stdout.write("\n" + json.dumps(done, ensure_ascii=False) + "\n")
