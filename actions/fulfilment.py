"""Does one wish about subscriptions and says so."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions import records
from actions.quiet_hours import completed
from actions.subscription_lines import all_lines, hours_said, road_lines, waiting_lines
from actions.wishes import Wish
from traffic.road_subscriptions import choose_days, only_closures
from traffic.roads import find_road
from traffic.subscriber_wishes import quiet_hours, set_quiet_hours, set_tag, switch_reminder


async def fulfil(wish: Wish | None, dispatcher: CollectingDispatcher, driver: str) -> None:
    """Does what was wished for, and says so."""
    if wish is None or wish.kind == "list":
        return await tell_all(dispatcher, driver)
    if wish.kind == "reminders":
        await records.change(switch_reminder, driver, wish.what, wish.on, now=records.now())
        said = f"utter_reminder{'s_all' if wish.what == 'all' else ''}_{'on' if wish.on else 'off'}"
        dispatcher.utter_message(response=said, lines=[{"say": f"utter_reminder_name_{wish.what}"}])
    elif wish.kind == "tag":
        await records.change(set_tag, driver, wish.what, wish.on, now=records.now())
        dispatcher.utter_message(response=f"utter_tag_{'on' if wish.on else 'off'}",
                                 lines=[{"say": f"utter_tag_name_{wish.what}"}])
    elif wish.kind == "days":
        await _choose_days(wish, dispatcher, driver)
    elif wish.kind == "cannot":
        dispatcher.utter_message(response=wish.what)
    elif wish.kind == "closures":
        await records.change(only_closures, driver, records.now())
        dispatcher.utter_message(response="utter_only_closures")
    else:
        await _hush(wish, dispatcher, driver)


async def tell_all(dispatcher: CollectingDispatcher, driver: str) -> None:
    """What the driver hears about, when not, and what was switched off."""
    lines = await records.look_up(all_lines, driver)
    dispatcher.utter_message(response="utter_subscriptions" if lines else "utter_no_subscriptions", lines=lines)


async def tell_what_waits(dispatcher: CollectingDispatcher, driver: str) -> None:
    """Says when daily news comes later than at its hour, if it does."""
    lines = await records.look_up(waiting_lines, driver)
    if lines:
        dispatcher.utter_message(response="utter_wishes_answered", lines=lines)


async def _hush(wish: Wish, dispatcher: CollectingDispatcher, driver: str) -> None:
    """Quiet hours, or none any more."""
    if wish.quiet is None:
        await records.change(set_quiet_hours, driver, None)
        dispatcher.utter_message(response="utter_no_quiet_hours")
        return
    hours = completed(wish.quiet, await records.look_up(quiet_hours, driver))
    await records.change(set_quiet_hours, driver, hours)
    overnight = "_overnight" if hours[1] < hours[0] and hours[1].hour + hours[1].minute else ""
    dispatcher.utter_message(response=f"utter_quiet_hours{overnight}", **hours_said(hours))
    await tell_what_waits(dispatcher, driver)


async def _choose_days(wish: Wish, dispatcher: CollectingDispatcher, driver: str) -> None:
    """Other days for what is subscribed, of a road that is itself, else of all; what there is then is listed."""
    road = await records.look_up(find_road, wish.what) if wish.what else None
    changed = await records.change(choose_days, driver, road.name if road else None, wish.how, wish.days, records.now())
    if not changed:
        dispatcher.utter_message(response="utter_no_days_to_change")
        return
    lines = await records.look_up(road_lines, driver)
    waits = any(not line["at"] for line in lines)  # news at once can wait for its day; daily news has nothing to wait
    said = "utter_days_changed" if waits else "utter_days_changed_daily"
    dispatcher.utter_message(response=said if lines else "utter_all_roads_unsubscribed", lines=lines)
