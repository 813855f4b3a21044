"""Penalty points (记分) of the asker's own licence."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.orm import Session

from actions import records
from actions.forms import emptied
from actions.license_questions import LicenseForm, handle_of
from actions.presentation import day, local, mask_license
from actions.sealing import unsealed
from actions.vehicle_questions import PROVEN
from traffic.bindings import bound_licenses
from traffic.drivers import Driver
from traffic.offenses import said_as
from traffic.points import FULL, PointsPeriod, points_of

SHOWN = 6


class ValidatePointsForm(LicenseForm):
    """Which licence, and a proof if it isn't bound yet."""

    asks = ("license_number", "file_tail")
    opened_by = ("query_points",)

    def name(self) -> str:
        """Rasa's name."""
        return "validate_points_form"


class ActionAskLicenseNumber(Action):
    """Asks for a licence number; bound licences are offered."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_ask_points_form_license_number"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says the question."""
        bound = await records.look_up(bound_licenses, tracker.sender_id)
        buttons = [{"title": mask_license(d.license_number), "payload": _payload(d)} for d in bound]
        dispatcher.utter_message(response="utter_ask_which_license" if bound else "utter_ask_license_number",
                                 buttons=buttons)
        return []


class ActionQueryPoints(Action):
    """Tells how many points there are, from what, until when, and what follows."""

    def name(self) -> str:
        """Rasa's name."""
        return "action_query_points"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> List[EventType]:
        """Says it; the binding is asked for again here, a slot proves nothing."""
        number = unsealed(tracker.get_slot("license_number"))
        if number and tracker.get_slot("file_tail") == PROVEN:
            found = await records.look_up(_found, tracker.sender_id, number)
            if found:
                tell(dispatcher, *found)
        return emptied("license_number", "file_tail")


def _payload(driver: Driver) -> str:
    return f'/inform{{"license_number": "{handle_of(driver)}"}}'


def _found(session: Session, subscriber: str, number: str) -> Tuple[Driver, PointsPeriod] | None:
    driver = next((d for d in bound_licenses(session, subscriber) if d.license_number == number), None)
    return (driver, points_of(session, driver.id, local(records.now()).date())) if driver else None


def tell(dispatcher: CollectingDispatcher, driver: Driver, period: PointsPeriod) -> None:
    """Says the state of one licence."""
    response = "utter_points" if period.records else "utter_no_points"
    dispatcher.utter_message(response=response, license=mask_license(driver.license_number), points=period.points,
                             left=max(0, FULL - period.points), starts=_date(period.starts),
                             clears=_date(period.clears_on), lines=_lines(period))


def _lines(period: PointsPeriod) -> List[Dict[str, Any]]:
    latest = list(reversed(period.records))
    lines: List[Dict[str, Any]] = [{"say": "utter_points_record", "on": _date(r.recorded_on), "place": r.place,
                                    "offense": said_as(r.offense), "points": r.points} for r in latest[:SHOWN]]
    more = [{"say": "utter_points_more", "more": len(latest) - SHOWN}] if len(latest) > SHOWN else []
    notes = [("utter_points_carried", period.carried), ("utter_points_reduced", period.reduced)]
    said = [{"say": name, "points": points} for name, points in notes if points]
    trainee = period.trainee_until and period.trainee_until >= local(records.now()).date()
    until = [{"say": "utter_points_trainee", "until": _date(period.trainee_until)}] if trainee else []
    return lines + more + said + [{"say": f"utter_points_{period.stage}"}] + until


def _date(date: Any) -> str:
    """Without the day of the week: nobody plans by it when points are cleared."""
    return day(date, local(records.now()).date()).split()[0]
