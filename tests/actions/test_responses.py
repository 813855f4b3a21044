from __future__ import annotations

import inspect
import pathlib
import re
from typing import Any, Dict, Set

import pytest
import yaml

from actions.fallback import NAMED, topics
from actions.forms import EXPLAINED
from bot.settings import ROOT, load_station
from traffic import plates
from traffic.road_conditions import KINDS as BULLETIN_KINDS
from traffic.slots import KINDS as APPOINTMENT_KINDS
from traffic.tickets import PREFIXES

DATA = [ROOT / "data" / "replies.yml", *sorted((ROOT / "data" / "services").glob("*.yml"))]


@pytest.fixture(scope="module")
def responses() -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for path in DATA:
        found.update(yaml.safe_load(path.read_text(encoding="utf-8")).get("responses", {}))
    return found


def named_in_actions() -> Set[str]:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py"))
    return {name for source in sources for name in re.findall(r'"(utter_\w+)"', source)} - {"utter_action"}


def test_every_response_an_action_names_is_written(responses: Dict[str, Any]) -> None:
    assert named_in_actions() <= set(responses)


def test_every_fault_of_a_plate_has_its_sentence(responses: Dict[str, Any]) -> None:
    reasons = set(re.findall(r'PlateError\("(\w+)"', inspect.getsource(plates)))
    reasons |= set(re.findall(r'else "(\w+)"\)', inspect.getsource(plates)))
    assert len(reasons) >= 9
    assert {f"utter_bad_plate_{reason}" for reason in reasons} <= set(responses)


def test_every_reason_for_a_closed_day_has_its_sentence(responses: Dict[str, Any]) -> None:
    reasons = ("past", "too_far", "holiday", "weekday_closed", "outside_hours")
    assert {f"utter_closed_{reason}" for reason in reasons} <= set(responses)


def test_every_kind_has_its_sentence(responses: Dict[str, Any]) -> None:
    wanted = {f"utter_bulletin_{kind}_{end}" for kind in BULLETIN_KINDS for end in ("until", "open")}
    wanted |= {f"{name}_detour" for name in wanted}
    wanted |= {f"utter_{what}_{kind}" for kind in APPOINTMENT_KINDS for what in ("booked", "booking", "title_booking")}
    wanted |= {f"utter_ticket_opened_{kind}" for kind in PREFIXES}
    wanted |= {f"utter_ticket_{state}" for state in ("open", "in_work", "answered", "closed")}
    wanted |= {f"utter_violation_{state}" for state in ("open", "decided", "decided_late", "paid")}
    wanted |= {f"utter_violation_{state}_no_points" for state in ("open", "decided", "decided_late", "paid")}
    wanted |= {f"utter_speed_camera_{kind}{near}" for kind in ("fixed", "average", "mobile") for near in ("", "_near")}
    wanted |= {f"utter_{near}{what}_near" for what in ("speed_cameras", "road_conditions") for near in ("", "no_")}
    wanted |= {f"utter_explain_{slot}" for slot in EXPLAINED}
    wanted |= {f"utter_title_{name}" for name in NAMED | topics()}
    assert wanted <= set(responses)


def test_every_topic_has_an_overview() -> None:
    for topic in topics():
        answers = yaml.safe_load((ROOT / "data" / "faq" / f"{topic}.yml").read_text(encoding="utf-8"))["responses"]
        assert f"utter_{topic}/overview" in answers


def test_no_sentence_is_written_twice() -> None:
    names = [name for path in DATA for name in yaml.safe_load(path.read_text(encoding="utf-8")).get("responses", {})]
    assert len(names) == len(set(names))


def test_no_sentence_for_drivers_stands_in_an_action() -> None:
    docstring = re.compile(r'"""(?:.|\n)*?"""')
    spoken = re.compile(r'"[^"\n]*[\u4e00-\u9fff]{2,}[^"\n]*[。？！，][^"\n]*"')
    for path in sorted((ROOT / "actions").glob("*.py")):
        code = docstring.sub("", path.read_text(encoding="utf-8"))
        strings = [s for s in spoken.findall(code) if not re.search(r"[\[\](|)?*]", s)]
        assert strings == [], path.name


def test_the_domain_names_every_action() -> None:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    domain = yaml.safe_load(pathlib.Path(ROOT / "domain.yml").read_text(encoding="utf-8"))
    ours = {name for name in executor.actions if name in domain["actions"] or name.startswith(("action_", "validate_"))}
    assert ours == set(domain["actions"])


def test_the_menu_says_only_what_the_domain_knows() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert {key.say for column in load_station().menu for key in column.keys} <= set(domain["intents"])
