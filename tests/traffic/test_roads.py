from __future__ import annotations

import datetime
import itertools

import pytest
from sqlalchemy.orm import Session

from tests.traffic.conftest import NOW
from traffic.errors import RoadUnknown
from traffic.passability import way
from traffic.road_conditions import BulletinRow, conditions
from traffic.road_subscriptions import road_subscriptions, subscribe_road, unsubscribe_road
from traffic.roads import Place, PlaceAlias, Road, RoadAlias, Segment, find_place, find_road, places, roads
from traffic.speed_cameras import SpeedCamera, cameras

HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def town(session: Session) -> Session:
    """A—B—C—D along 北路, and A—X—D along the longer 南路."""
    for name in "ABCDX":
        session.add(Place(name=name, latitude=0, longitude=0, alias_rows=[PlaceAlias(alias=f"{name}村")]))
    session.add(Road(name="北路", kind="town", alias_rows=[RoadAlias(alias="S1")]))
    session.add(Road(name="南路", kind="town"))
    session.flush()
    for road, along, length in (("北路", "ABCD", 1000), ("南路", "AXD", 5000)):
        for position, (here, there) in enumerate(itertools.pairwise(along)):
            session.add(Segment(road_id=find_road(session, road).id, position=position, length_m=length,
                                from_place_id=find_place(session, here).id, to_place_id=find_place(session, there).id))
    session.flush()
    return session


def bulletin(session: Session, road: str = "北路", span: str = "BC", kind: str = "closed",
             starts: datetime.datetime = NOW - HOUR, ends: datetime.datetime | None = NOW + HOUR,
             one_way: bool = False) -> None:
    ends_of = [find_place(session, name).id for name in span] + [None, None]
    session.add(BulletinRow(road_id=find_road(session, road).id, from_place_id=ends_of[0], to_place_id=ends_of[1],
                            kind=kind, cause="测试", starts_at=starts, ends_at=ends, one_way=one_way))
    session.flush()


def test_names_and_aliases_find_the_same_road_and_place(town: Session) -> None:
    assert find_road(town, "S1") is find_road(town, "北路")
    assert find_place(town, "A村") is find_place(town, "A")
    assert find_road(town, "没有路") is None
    assert [(r.name, r.aliases) for r in roads(town)] == [("北路", ["S1"]), ("南路", [])]
    assert places(town)[0].aliases == ["A村"]


def test_a_bulletin_is_shown_while_it_is_valid(town: Session) -> None:
    bulletin(town)
    assert conditions(town, NOW - HOUR) != []
    assert conditions(town, NOW - 2 * HOUR) == []
    assert conditions(town, NOW + HOUR) == []


def test_a_bulletin_without_an_end_is_valid_until_further_notice(town: Session) -> None:
    bulletin(town, ends=None)
    assert conditions(town, NOW + 10000 * HOUR)[0].ends is None


def test_conditions_by_road_and_by_every_place_on_the_section(town: Session) -> None:
    bulletin(town, span="AC")
    assert [len(conditions(town, NOW, road=name)) for name in ("北路", "S1", "南路", "没有路")] == [1, 1, 0, 0]
    assert [len(conditions(town, NOW, place=name)) for name in ("A", "B村", "C", "D", "X", "没有")] == [1] * 3 + [0] * 3
    assert conditions(town, NOW, road="北路", place="D") == []


@pytest.mark.parametrize(("span", "section"), [("BC", "B—C"), ("CB", "C—B"), ("B", "B"), ("", None)])
def test_the_section_is_said_by_its_places(town: Session, span: str, section: str | None) -> None:
    bulletin(town, span=span)
    assert conditions(town, NOW)[0].section == section


def test_a_bulletin_of_the_whole_road_touches_all_its_places(town: Session) -> None:
    bulletin(town, span="")
    assert [len(conditions(town, NOW, place=name)) for name in "ABCDX"] == [1, 1, 1, 1, 0]


def test_the_worst_comes_first(town: Session) -> None:
    for kind in ("weather", "jam", "closed"):
        bulletin(town, kind=kind)
    assert [b.kind for b in conditions(town, NOW)] == ["closed", "jam", "weather"]


def test_nothing_closed_the_usual_way_is_open(town: Session) -> None:
    found = way(town, "A", "D村", NOW)
    assert (found.usual, found.open_way, found.length_m, found.closures) == (("北路",), ("北路",), 3000, ())


def test_a_closure_sends_one_round_the_other_way(town: Session) -> None:
    bulletin(town)
    found = way(town, "A", "D", NOW)
    assert (found.passable, found.open_way, found.length_m) == (True, ("南路",), 10000)
    assert [b.section for b in found.closures] == ["B—C"]


def test_both_closed_there_is_no_way(town: Session) -> None:
    bulletin(town)
    bulletin(town, "南路", "")
    found = way(town, "A", "D", NOW)
    assert (found.passable, found.length_m, found.usual) == (False, None, ("北路",))


def test_a_closure_that_is_over_does_not_matter(town: Session) -> None:
    bulletin(town)
    assert way(town, "A", "D", NOW + 2 * HOUR).open_way == ("北路",)


@pytest.mark.parametrize(("span", "there", "back"), [("BC", "南路", "北路"), ("CB", "北路", "南路")])
def test_a_one_way_closure_blocks_only_its_direction(town: Session, span: str, there: str, back: str) -> None:
    bulletin(town, span=span, one_way=True)
    assert way(town, "A", "D", NOW).open_way == (there,)
    assert way(town, "D", "A", NOW).open_way == (back,)


def test_a_jam_on_the_way_is_told_and_does_not_block(town: Session) -> None:
    bulletin(town, kind="jam")
    found = way(town, "A", "D", NOW)
    assert (found.open_way, [b.kind for b in found.hindrances]) == (("北路",), ["jam"])


def test_an_unknown_place_is_said(town: Session) -> None:
    with pytest.raises(RoadUnknown):
        way(town, "A", "没有", NOW)


def test_subscribing_twice_is_one_subscription_with_the_last_hour(town: Session) -> None:
    subscribe_road(town, "anna", "S1")
    subscribe_road(town, "anna", "北路", daily_at=datetime.time(7))
    assert [(s.road.name, s.daily_at) for s in road_subscriptions(town, "anna")] == [("北路", datetime.time(7))]
    assert road_subscriptions(town, "berta") == []


def test_one_road_or_all_can_be_ended(town: Session) -> None:
    for road in ("北路", "南路", None):
        subscribe_road(town, "anna", road)
    assert unsubscribe_road(town, "anna", "S1") == 1
    assert unsubscribe_road(town, "anna", None) == 2
    assert road_subscriptions(town, "anna") == []


def test_a_road_nobody_knows_cannot_be_subscribed(town: Session) -> None:
    with pytest.raises(RoadUnknown):
        subscribe_road(town, "anna", "没有路")


def test_cameras_by_road_place_and_day(town: Session) -> None:
    day = datetime.date(2026, 8, 3)
    for road, place, until in (("北路", "A", None), ("北路", "B", day), ("南路", "X", None)):
        town.add(SpeedCamera(road_id=find_road(town, road).id, place_id=find_place(town, place).id, spot="桥头",
                             kind="fixed", limit_kmh=60, latitude=0, longitude=0, valid_until=until))
    town.flush()
    assert len(cameras(town)) == 3
    assert [c.place.name for c in cameras(town, road="S1")] == ["A", "B"]
    assert [c.road.name for c in cameras(town, place="X村")] == ["南路"]
    assert [c.place.name for c in cameras(town, road="北路", today=day + datetime.timedelta(days=1))] == ["A"]
    assert cameras(town, road="没有路") == []


def test_between_two_places_of_a_road_only_what_lies_there(town: Session) -> None:
    bulletin(town, span="BC")
    bulletin(town, span="CD", kind="jam")
    assert [b.kind for b in conditions(town, NOW, "北路", "A", "B")] == []
    assert [b.kind for b in conditions(town, NOW, "S1", "D", "C村")] == ["jam"]
    assert [b.kind for b in conditions(town, NOW, "北路", "A", "D")] == ["closed", "jam"]
    assert conditions(town, NOW, "北路", "A", "Z") == []


def test_a_closure_of_the_other_direction_does_not_block_the_usual_way(town: Session) -> None:
    bulletin(town, span="CB", one_way=True)
    found = way(town, "A", "D", NOW)
    assert found.passable
    assert found.closures == ()
