from __future__ import annotations

import asyncio
import datetime
import io
import pathlib
from typing import Any, Dict, Iterator, List

import pytest
import yaml
from PIL import Image
from rasa_sdk.executor import CollectingDispatcher

from actions import records
from actions.accident_steps import code_in, take_up_accident, tell_case_by_number
from actions.accidents import (
    ActionGuideMinorAccident,
    ActionMentionAccident,
    ActionTellOwnAccident,
    ValidateMinorAccidentForm,
    sent_place,
)
from actions.fallback import ActionFallback
from actions.hand_over import ActionAffirm
from actions.inform import ActionInform
from actions.turn import Turn
from bot.settings import ROOT
from tests.actions.trackers import entity, heard, tracker
from traffic import photos
from traffic.accident_cases import PHOTO_KINDS, case_of, current_case, tell_place
from traffic.accident_rules import GROUNDS, QUESTIONS, fine_heard, grounds_heard, question_of
from traffic.accidents import open_accident_case
from traffic.database import open_engine
from traffic.migrations import upgrade

ME, OTHER = "driver-1", "driver-2"


@pytest.fixture(autouse=True)
def town(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    upgrade(url)
    engine = open_engine(url)
    monkeypatch.setattr(records, "_opened", [engine])
    monkeypatch.setattr(photos, "PHOTOS", tmp_path / "photos")
    yield
    engine.dispose()


def said(dispatcher: CollectingDispatcher) -> List[str]:
    return [str(message.get("response")) for message in dispatcher.messages]


def sent(intent: str = "inform", sender: str = ME, metadata: Dict[str, Any] | None = None, **values: Any) -> Any:
    entities = [{"entity": name, "value": value} for name, value in values.items()]
    message = tracker(heard(f"/{intent}", intent, metadata=metadata))
    message.sender_id = sender
    message.events[-1]["parse_data"]["entities"] = entities
    return message


def take_up(sender: str = ME, metadata: Dict[str, Any] | None = None, **values: Any) -> List[str]:
    dispatcher = CollectingDispatcher()
    turn = Turn(sender, "", "inform", tuple({"entity": n, "value": v} for n, v in values.items()), metadata or {}, "k")
    done = asyncio.run(take_up_accident(dispatcher, turn))
    assert done is bool(dispatcher.messages)
    return said(dispatcher)


def run(action: Any, message: Any) -> List[str]:
    dispatcher = CollectingDispatcher()
    asyncio.run(action.run(dispatcher, message, {}))
    return said(dispatcher)


def opened(located: bool = True) -> Any:
    case = asyncio.run(records.change(open_accident_case, ME, "k1", now=records.now()))
    if located:
        asyncio.run(records.change(tell_place, ME, case.number, "解放路口"))
    return case


def picture(colour: int) -> str:
    told = io.BytesIO()
    Image.new("RGB", (60, 40), (colour * 50 % 256, 90, 90)).save(told, "JPEG")
    return photos.keep(photos.as_photo(told.getvalue()))


def test_pictures_from_the_chat_become_the_photos_in_their_order() -> None:
    case = opened()
    heard_back = [take_up(metadata={"image": "m", "photo": picture(n), "photo_at": "2026-11-23T01:00:00+00:00"})
                  for n in range(5)]
    assert heard_back == [["utter_ask_accident_photo_rear"], ["utter_ask_accident_photo_contact"],
                          ["utter_ask_accident_photo_plates"], ["utter_ask_accident_photo_scene"],
                          ["utter_accident_step_details"]]
    kept = asyncio.run(records.look_up(case_of, ME, case.number)).photos
    assert [(p.source, p.received_at.isoformat()) for p in kept] == [("chat", "2026-11-23T01:00:00+00:00")] * 5


@pytest.mark.parametrize("problem", ["late", "too_big", "no_picture", "gone", "unreachable"])
def test_a_picture_that_did_not_arrive_is_said_to_be(problem: str) -> None:
    opened()
    assert take_up(metadata={"image": "m", "photo_problem": problem}) == [f"utter_accident_photo_{problem}"]


def test_without_a_case_a_picture_or_a_place_means_nothing_here() -> None:
    assert take_up(metadata={"image": "m", "photo": "x"}) == []
    assert take_up(metadata={"location": {"lat": 1.0, "lon": 2.0, "label": "x"}}) == []


def test_a_location_is_the_place() -> None:
    opened(located=False)
    where = {"location": {"lat": 28.7, "lon": 121.4, "label": "杜桥大道"}}
    assert take_up(metadata=where) == ["utter_ask_accident_photo_front"]


def test_the_second_driver_joins_by_the_code_and_nobody_else() -> None:
    case = opened()
    assert take_up(accident_code=case.join_code) == ["utter_accident_own_code"]
    told = take_up(OTHER, accident_code=case.join_code)
    assert told == ["utter_accident_joined", "utter_accident_step_details_joined"]
    assert take_up("driver-3", accident_code=case.join_code) == ["utter_accident_code_unknown"]


def test_a_case_is_mentioned_after_a_greeting_and_told_by_its_number() -> None:
    assert run(ActionMentionAccident(), sent("greet")) == []
    case = opened()
    assert run(ActionMentionAccident(), sent("greet")) == ["utter_ask_accident_reminder_photos"]
    dispatcher = CollectingDispatcher()
    asyncio.run(tell_case_by_number(dispatcher, ME, case.number))
    assert said(dispatcher) == ["utter_accident_resumed", "utter_ask_accident_photo_front"]
    dispatcher = CollectingDispatcher()
    asyncio.run(tell_case_by_number(dispatcher, OTHER, case.number))
    assert said(dispatcher) == ["utter_ticket_unknown"]


def test_one_may_leave_a_case() -> None:
    opened()
    assert take_up(accident_answer="give_up") == ["utter_accident_given_up"]
    assert asyncio.run(records.look_up(current_case, ME)) is None


@pytest.mark.parametrize("ground", GROUNDS)
def test_each_ground_ends_the_questions_with_its_sentence_and_opens_no_case(ground: str) -> None:
    form, slot = ValidateMinorAccidentForm(), f"check_{question_of(ground)}"
    filled = asyncio.run(getattr(form, f"validate_{slot}")(ground, CollectingDispatcher(), sent(), {}))
    assert filled == {slot: ground, "accident_ground": ground}
    message = sent()
    message.slots.update(filled)
    assert run(ActionGuideMinorAccident(), message) == [f"utter_accident_{ground}"]
    assert asyncio.run(records.look_up(current_case, ME)) is None


def test_the_last_fine_answer_opens_the_case_once() -> None:
    form, message = ValidateMinorAccidentForm(), sent()
    message.slots.update({f"check_{question}": "fine" for question in QUESTIONS})
    for _ in range(2):
        asyncio.run(form.validate_check_struck("fine", CollectingDispatcher(), message, {}))
    found = asyncio.run(records.look_up(current_case, ME))
    assert found is not None
    assert found.step == "place"


def test_every_step_kind_and_problem_has_its_sentence() -> None:
    written = yaml.safe_load((ROOT / "data" / "services" / "accidents.yml").read_text(encoding="utf-8"))["responses"]
    steps = ("place", "details", "join", "other_details", "cause", "agree", "other_agrees", "with_officer")
    wanted = {f"utter_accident_step_{step}" for step in (*steps, "details_joined", "agreed", "decided", "closed")}
    wanted |= {f"utter_ask_accident_reminder_{step}" for step in (*steps, "photos")}
    wanted |= {f"utter_ask_accident_photo_{kind}" for kind in PHOTO_KINDS} | {f"utter_accident_{g}" for g in GROUNDS}
    wanted |= {f"utter_ask_check_{question}" for question in QUESTIONS}
    assert wanted <= set(written)


@pytest.mark.parametrize("action", [ActionMentionAccident, ActionFallback, ActionInform, ActionGuideMinorAccident])
def test_who_is_hurt_in_the_middle_leads_to_the_police_and_stops_the_case(action: Any) -> None:
    number = opened().number
    message = tracker(heard("他说头晕", "out_of_scope"))
    message.sender_id = ME
    assert run(action(), message) == ["utter_accident_injured"]
    assert case_of_now(number).case.state == "with_officer"
    assert "utter_accident_injured" not in run(action(), message)


def test_who_is_hurt_while_the_place_is_asked_for_ends_the_questions() -> None:
    number = opened(located=False).number
    message = tracker(heard("他说头晕", "nlu_fallback"), requested_slot="accident_place")
    message.sender_id = ME
    dispatcher = CollectingDispatcher()
    asyncio.run(ValidateMinorAccidentForm().get_extraction_events(dispatcher, message, {}))
    assert said(dispatcher) == ["utter_accident_injured"]
    assert case_of_now(number).case.state == "with_officer"


def test_going_on_takes_the_case_up_where_it_was() -> None:
    message = tracker(heard("继续", "affirm"))
    message.sender_id = ME
    assert run(ActionAffirm(), message) == ["utter_affirm"]
    opened()
    assert run(ActionAffirm(), message) == ["utter_accident_resumed", "utter_ask_accident_photo_front"]


@pytest.mark.parametrize("text", [
    "我的事故处理得怎么样了", "我那个小事故办得咋样了", "咱们那起事故有结果了吗", "我的事故处理好了没"])
def test_who_asks_how_far_his_own_case_is_hears_that_instead_of_the_answer_book(text: str) -> None:
    message = tracker(heard(text, "accident_procedure"))
    message.sender_id = ME
    assert run(ActionTellOwnAccident(), message) == []
    opened()
    assert run(ActionTellOwnAccident(), message) == ["utter_accident_resumed", "utter_ask_accident_photo_front"]


@pytest.mark.parametrize("text", ["我的事故认定书多久能出来", "事故处理怎么样走流程", "我撞了护栏怎么处理",
                                  "我追尾了怎么样处理"])
def test_what_is_no_question_about_ones_own_case_is_left_to_the_answer_book(text: str) -> None:
    opened()
    message = tracker(heard(text, "accident_procedure"))
    message.sender_id = ME
    assert run(ActionTellOwnAccident(), message) == []


def case_of_now(number: str) -> Any:
    return asyncio.run(records.look_up(case_of, ME, number))


@pytest.mark.parametrize("text", ["对方叫我加入，码是{code}", "加入码{code}", "他给我的码{code}怎么用"])
def test_a_code_said_in_a_sentence_joins_instead_of_asking_the_law(text: str) -> None:
    case = opened()
    joining = tracker(heard(text.format(code=case.join_code), "report_minor_accident"),
                      {"event": "active_loop", "name": "minor_accident_form"})
    joining.sender_id = "the-other"
    dispatcher = CollectingDispatcher()
    asyncio.run(ValidateMinorAccidentForm().get_extraction_events(dispatcher, joining, {}))
    assert said(dispatcher) == ["utter_accident_joined", "utter_accident_step_details_joined"]


@pytest.mark.parametrize("text", ["对方车牌号码234567，追尾我了", "窗口码234567", "验证码 234567"])
def test_other_digits_are_no_code(text: str) -> None:
    assert code_in(Turn.of(tracker(heard(text)))) is None


def test_a_code_said_outside_of_the_form_joins_too() -> None:
    case = opened()
    message = tracker(heard(f"他叫我发这个码 {case.join_code}"))
    message.sender_id = "the-other"
    assert run(ActionInform(), message) == ["utter_accident_joined", "utter_accident_step_details_joined"]


@pytest.mark.parametrize("text", ["然后呢", "那对方怎么弄", "接下来怎么办", "下一步？"])
def test_what_comes_next_is_the_next_step_of_a_case_that_just_happened(text: str,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    message = tracker(heard(text, "accident_procedure"))
    message.sender_id = ME
    assert run(ActionTellOwnAccident(), message) == []
    opened()
    assert run(ActionTellOwnAccident(), message) == ["utter_ask_accident_photo_front"]
    later = records.now() + datetime.timedelta(hours=3)
    monkeypatch.setattr(records, "now", lambda: later)
    assert run(ActionTellOwnAccident(), message) == []
    for asked in ("对方填了吗", "他同意了没有", "民警定了没"):
        about_him = tracker(heard(asked, "accident_procedure"))
        about_him.sender_id = ME
        assert run(ActionTellOwnAccident(), about_him) == ["utter_ask_accident_photo_front"]


@pytest.mark.parametrize("text", ["对方不肯加入", "他没有微信怎么办", "对方还没来", "对方一直不理我"])
def test_who_waits_in_vain_hears_what_to_do(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    message = tracker(heard(text, "accident_procedure"))
    message.sender_id = ME
    opened()
    assert run(ActionTellOwnAccident(), message) == ["utter_accident_other_missing"]
    later = records.now() + datetime.timedelta(hours=25)
    monkeypatch.setattr(records, "now", lambda: later)
    assert run(ActionTellOwnAccident(), message) == ["utter_accident_step_join_over"]


@pytest.mark.parametrize("text", ["人没事就是有点疼", "没大碍，就是头有点晕", "他说疼", "我有点不舒服"])
def test_who_says_that_nobody_is_hurt_but_hurts_is_hurt(text: str) -> None:
    assert "injured" not in fine_heard(text)
    assert "injured" in grounds_heard(text)


@pytest.mark.parametrize("text", ["没什么不舒服", "没有不舒服", "人都没事", "有点心疼车"])
def test_who_is_well_is_not_hurt(text: str) -> None:
    assert "injured" not in grounds_heard(text)


def test_a_place_named_early_is_kept() -> None:
    text = "杜桥大道和解放路口"
    named = [entity("road", "杜桥大道", text, "杜桥大道"), entity("road", "解放路", text, "解放路")]
    message = tracker({"event": "active_loop", "name": "minor_accident_form"},
                      heard(text, "query_speed_cameras", named), requested_slot="check_struck")
    message.active_loop = {"name": "minor_accident_form"}
    dispatcher = CollectingDispatcher()
    asyncio.run(ValidateMinorAccidentForm().get_extraction_events(dispatcher, message, {}))
    assert said(dispatcher) == ["utter_accident_location_early"]
    assert sent_place(message) == {"label": text}
