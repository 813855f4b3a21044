"""What one may try in the demo town: places to send, counters to scan, vehicles and licences that have records."""

from __future__ import annotations

from typing import Any, Callable, Dict, List

from bot.settings import Station, load_station
from connectors.wechat.coordinates import gcj02_of

Town = Callable[[], Dict[str, Any]]


def town_of(database_url: str) -> Town:
    """A function that reads {"places", "counters", "examples", "notices"}; without records there are no places."""

    def read() -> Dict[str, Any]:
        station = load_station()
        return {"places": _places(database_url), "counters": counters(station), "examples": _examples(),
                "notices": notices(station)}

    return read


def counters(station: Station) -> List[Dict[str, str]]:
    """Every counter with the scene of its QR code."""
    return [{"scene": key, "name": window.name} for key, window in station.windows.items()]


def notices(station: Station) -> List[Dict[str, str]]:
    """Subscription notices that a driver may agree to."""
    return [{"template": notice.id, "name": topic} for topic, notice in station.outreach.notices.items()]


def _places(database_url: str) -> List[Dict[str, Any]]:
    # Here and not above: the stand-in also runs without the records, in tests of the protocol.
    import sqlalchemy.exc

    from traffic.database import open_engine, reading
    from traffic.roads import places

    engine = open_engine(database_url)
    try:
        with reading(engine) as session:
            return [_as_sent(place.name, place.latitude, place.longitude) for place in places(session)]
    except sqlalchemy.exc.SQLAlchemyError:
        return []
    finally:
        engine.dispose()


def _as_sent(name: str, latitude: float, longitude: float) -> Dict[str, Any]:
    north, east = gcj02_of((latitude, longitude))  # a phone sends places of WeChat's map
    return {"name": name, "latitude": round(north, 6), "longitude": round(east, 6)}


def _examples() -> List[Dict[str, str]]:
    from traffic.demo.examples import DRIVERS, VEHICLES

    vehicles = [{"say": f"{vehicle.plate} {vehicle.frame_tail}", "name": vehicle.plate,
                 "what": f"{len(vehicle.offending)}条违章"} for vehicle in VEHICLES]
    licences = [{"say": f"{driver.license_number} {driver.file_tail}", "name": f"驾驶证…{driver.license_number[-4:]}",
                 "what": f"{len(driver.offending)}次记分"} for driver in DRIVERS]
    return vehicles + licences
