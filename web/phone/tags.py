"""Tags (用户标签): at most 100, each follower has at most 20."""

from __future__ import annotations

import itertools
from typing import Dict, List

from web.phone.drivers import Driver, Drivers
from web.phone.errors import ApiError

MOST, A_FOLLOWER, NAME_CHARACTERS, AT_ONCE = 100, 20, 30, 50
FIRST = 100  # WeChat keeps the numbers below for itself


class Tags:
    """The account's tags and who has them."""

    def __init__(self, drivers: Drivers) -> None:
        self._drivers = drivers
        self._names: Dict[int, str] = {}
        self._numbers = itertools.count(FIRST)

    def create(self, name: str) -> int:
        """A new tag's number. Raises ApiError 45157, 45158 or 45056."""
        self._check_name(name)
        if len(self._names) >= MOST:
            raise ApiError(45056)
        number = next(self._numbers)
        self._names[number] = name
        return number

    def rename(self, number: int, name: str) -> None:
        """Gives the tag another name."""
        self.check(number)
        self._check_name(name)
        self._names[number] = name

    def delete(self, number: int) -> None:
        """Takes the tag from everyone."""
        self.check(number)
        for driver in self._having(number):
            driver.tags = tuple(tag for tag in driver.tags if tag != number)
        del self._names[number]

    def listed(self) -> List[Dict[str, object]]:
        """[{"id", "name", "count"}]."""
        return [{"id": number, "name": name, "count": len(self._having(number))}
                for number, name in self._names.items()]

    def openids(self, number: int) -> List[str]:
        """Followers who have the tag."""
        self.check(number)
        return [driver.openid for driver in self._having(number) if driver.following]

    def give(self, number: int, openids: List[str], on: bool) -> None:
        """Gives or takes the tag. Raises ApiError 40032 above 50 openids, 45159, 40003, 45059; then nobody has it."""
        self.check(number)
        if not openids or len(openids) > AT_ONCE:
            raise ApiError(40032)
        drivers = [self._drivers.known(openid) for openid in openids]
        for driver in drivers:
            if on and number not in driver.tags and len(driver.tags) >= A_FOLLOWER:
                raise ApiError(45059)
        for driver in drivers:
            without = tuple(tag for tag in driver.tags if tag != number)
            driver.tags = (*without, number) if on else without

    def check(self, number: object) -> None:
        """Raises ApiError 45159 for a tag that isn't there."""
        if number not in self._names:
            raise ApiError(45159)

    def _having(self, number: int) -> List[Driver]:
        return [driver for driver in self._drivers.everyone() if number in driver.tags]

    def _check_name(self, name: str) -> None:
        if not name or len(name) > NAME_CHARACTERS:
            raise ApiError(45158)
        if name in self._names.values():
            raise ApiError(45157)
