from __future__ import annotations

from bot.settings import load_station
from web.phone.account import menu_from


def test_every_key_of_the_station_is_in_the_menu() -> None:
    station = load_station()
    columns = menu_from(station)["button"]
    assert [column["name"] for column in columns] == [column.name for column in station.menu]
    assert [key["key"] for column in columns for key in column["sub_button"]] == [
        key.say for column in station.menu for key in column.keys]
