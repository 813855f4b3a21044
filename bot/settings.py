"""Settings (environment, `.env`, development values) and the station's own facts (`station.yml`), read once."""

from __future__ import annotations

import datetime
import functools
import hashlib
import hmac
import os
import pathlib
import re
import zoneinfo
from typing import Any, Callable, Dict, List, Literal, Tuple

import pydantic
import yaml
from dotenv import dotenv_values

ROOT = pathlib.Path(__file__).resolve().parent.parent
VAR = pathlib.Path(os.environ.get("WEIJING_VAR", ROOT / "var"))  # what is made on this machine
DATA = pathlib.Path(os.environ.get("WEIJING_DATA", ROOT / "data"))  # what is trained on and written back to
MODELS = pathlib.Path(os.environ.get("WEIJING_MODELS", ROOT / "models"))
DOMAIN = ROOT / "domain.yml"
DEVELOPMENT = VAR / "development.env"
WEEKDAYS = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it and how to mend it."""


class Settings(pydantic.BaseModel):
    """What differs from machine to machine. Field names in capitals are the environment's."""

    database_url: str = f"sqlite:///{VAR / 'weijing.db'}"
    wechat_token: str
    wechat_app_id: str
    wechat_app_secret: str
    wechat_encoding_aes_key: str
    wechat_previous_aes_key: str = ""
    wechat_original_id: str = ""
    wechat_api_base_url: str = "https://api.weixin.qq.com"
    wechat_clock_tolerance: float = pydantic.Field(default=300.0, ge=30, le=3600)  # seconds
    weijing_secret: str
    host: str = "127.0.0.1"
    public_url: str = ""
    web_port: int = 8080
    rasa_port: int = 5005
    rasa_spare_port: int = 5006
    actions_port: int = 5055
    phone_port: int = 8090

    @property
    def development(self) -> bool:
        """Whether the stand-in WeChat plays WeChat's part."""
        return self.wechat_api_base_url == f"http://127.0.0.1:{self.phone_port}"

    @property
    def pages_address(self) -> str:
        """Where drivers' phones find our pages, e.g. https://wx.example.cn; "" when nobody said so."""
        return self.public_url or (f"http://127.0.0.1:{self.web_port}" if self.development else "")

    @property
    def actions_secret(self) -> str:
        """What Rasa shows the action server; derived, so that WEIJING_SECRET itself never travels."""
        return hmac.new(self.weijing_secret.encode(), b"actions", hashlib.sha256).hexdigest()

    @pydantic.validator("wechat_token")
    def _token_as_wechat_allows(cls, token: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9]{3,32}", token):
            raise ValueError("must be 3 to 32 letters and digits, as entered in the WeChat console")
        return token

    @pydantic.validator("wechat_encoding_aes_key", "wechat_previous_aes_key")
    def _aes_key_of_43_characters(cls, key: str) -> str:
        if key and not re.fullmatch(r"[A-Za-z0-9]{43}", key):
            raise ValueError(f"must be the 43 letters and digits of EncodingAESKey in WeChat's console, has {len(key)}")
        return key

    @pydantic.validator("weijing_secret")
    def _secret_long_enough(cls, secret: str) -> str:
        if len(secret) < 32:
            raise ValueError("must have at least 32 characters; `openssl rand -hex 32` makes one")
        return secret

    @pydantic.validator("public_url")
    def _public_url_of_this_site(cls, url: str) -> str:
        if url and not re.fullmatch(r"https?://[^\s/?#]+/?", url):
            raise ValueError("must be the address of our pages without a path, like https://wx.example.cn")
        return url.rstrip("/")

    @pydantic.validator("database_url")
    def _database_we_know(cls, url: str) -> str:
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg2://")):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        return url


class Window(pydantic.BaseModel):
    """A counter or place that drivers go to (窗口)."""

    name: str
    address: str
    phone: str


class MenuKey(pydantic.BaseModel):
    """One key of the account's menu; `say` is the intent it stands for."""

    name: str
    say: str


class MenuColumn(pydantic.BaseModel):
    """One of at most three columns of the menu."""

    name: str
    keys: List[MenuKey]


class KeepDays(pydantic.BaseModel):
    """How many days are kept: what was written and answered, what the bot remembers of it, the desk's notes; models
    that nobody can go back to."""

    messages: int = 180
    conversations: int = 30
    desk: int = 365
    models: int = 30

    @pydantic.validator("*")
    def _a_week_at_least(cls, days: int) -> int:
        if days < 7:
            raise ValueError(f"is {days}: at least 7, for repeats, quotas and what an officer must still read")
        return days


class Notice(pydantic.BaseModel):
    """A template or subscription notice in WeChat's console: its id, and which part of a message fills which field."""

    id: str
    fields: Dict[str, str]
    long_term: bool = False


class NoShow(pydantic.BaseModel):
    """Who misses `times` appointments within `within_days` can't book for `pause_days`; 0 times: no such rule.

    `told` is what the driver reads, with {times}, {day} and {station_phone}.
    """

    times: int = pydantic.Field(default=0, ge=0, le=50)
    within_days: int = pydantic.Field(default=90, ge=1, le=730)
    pause_days: int = pydantic.Field(default=30, ge=1, le=365)
    told: str = ""

    @pydantic.validator("told", always=True)
    def _says_until_when(cls, told: str, values: Dict[str, Any]) -> str:
        if values.get("times") and "{day}" not in told:
            raise ValueError("needs {day}: the driver must read from when on he can book again")
        return told


class Outreach(pydantic.BaseModel):
    """How the account speaks by itself: how often, how fast, when not, and by which templates (topic → template).

    Road news of the kinds `at_night` don't wait for the end of the quiet hours when they begin before it.
    """

    per_driver_a_day: int = pydantic.Field(default=3, ge=1, le=20)
    per_minute: int = pydantic.Field(default=6000, ge=10, le=60_000)
    mass_a_month: int = pydantic.Field(default=4, ge=0, le=31)
    quiet: str = "21:30-07:30"
    at_night: List[Literal["closed", "jam", "works", "accident", "weather"]] = ["closed"]
    empty_field: str = "详情请点开看"
    notices: Dict[str, Notice] = {}
    templates: Dict[str, Notice] = {}

    @pydantic.validator("quiet")
    def _two_clock_times(cls, quiet: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", quiet):
            raise ValueError("must be two clock times like 21:30-07:30")
        return quiet

    @property
    def quiet_hours(self) -> Tuple[datetime.time, datetime.time]:
        """Begin and end of the hours in which nothing is said; across midnight when the end is earlier."""
        begins, ends = (datetime.time.fromisoformat(part) for part in self.quiet.split("-"))
        return begins, ends


class Station(pydantic.BaseModel):
    """What describes the station: `station.yml`."""

    name: str
    account_name: str
    region: str
    province: str
    plate_prefix: str
    city: str = ""
    phone: str
    timezone: str
    hours: Dict[str, str]
    holidays: List[datetime.date]
    working_days: List[datetime.date]
    windows: Dict[str, Window]
    local_restriction: str
    local_ebike_rule: str
    fine_payment: str
    menu: List[MenuColumn]
    handoff: Literal["desk", "wechat_kf"] = "desk"
    pages: Literal["link", "oauth"] = "link"
    outreach: Outreach = Outreach()
    keep_days: KeepDays = KeepDays()
    no_show: NoShow = NoShow()

    @pydantic.validator("hours")
    def _weekdays_and_spans(cls, hours: Dict[str, str]) -> Dict[str, str]:
        for day, spans in hours.items():
            if day not in WEEKDAYS or not re.fullmatch(r"\d\d:\d\d-\d\d:\d\d(, \d\d:\d\d-\d\d:\d\d)*", spans):
                raise ValueError(f"{day}: {spans} is not like 周一: 08:30-11:30, 14:00-17:00")
        return hours

    def opening_spans(self, day: datetime.date) -> List[Tuple[datetime.time, datetime.time]]:
        """(opens, closes) of a day, empty when closed; a shifted working day has Monday's hours or its own."""
        hours = self.hours.get(WEEKDAYS[day.weekday()], "")
        if day in self.working_days:
            hours = hours or self.hours.get(WEEKDAYS[0], "")
        elif day in self.holidays:
            hours = ""
        ends = (span.split("-") for span in hours.split(", ") if span)
        return [(datetime.time.fromisoformat(opens), datetime.time.fromisoformat(closes)) for opens, closes in ends]

    def told_no_shows(self, day: str) -> str:
        """What somebody reads who missed too many appointments and can book again from `day` on."""
        known = {"times": str(self.no_show.times), "day": day, "station_phone": self.phone}
        return re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], found[0]), self.no_show.told)

    def is_open(self, moment: datetime.datetime) -> bool:
        """Whether officers are there at a moment (with its zone)."""
        here = moment.astimezone(zoneinfo.ZoneInfo(self.timezone))
        return any(opens <= here.time() < closes for opens, closes in self.opening_spans(here.date()))

    def hours_in_words(self) -> str:
        """Opening hours as one would say them, equal neighbouring days joined."""
        groups: List[List[str]] = []
        for day in (d for d in WEEKDAYS if d in self.hours):
            if groups and self.hours[groups[-1][0]] == self.hours[day]:
                groups[-1].append(day)
            else:
                groups.append([day])
        spoken = (f"{g[0]}{'至' + g[-1] if len(g) > 1 else ''}{self.hours[g[0]].replace(', ', '、')}" for g in groups)
        return "，".join(spoken).replace("-", "—")

    def words(self) -> Dict[str, str]:
        """Placeholder → text for the sentences in `data/`, e.g. `{violation_window}`."""
        hours = self.hours_in_words()
        windows = {key: f"{w.name}（{w.address}，{hours}，电话{w.phone}）" for key, w in self.windows.items()}
        return {"station_name": self.name, "account_name": self.account_name, "station_phone": self.phone,
                "station_hours": hours, "region": self.region, "province": self.province,
                "plate_prefix": self.plate_prefix, "local_restriction": self.local_restriction,
                "local_ebike_rule": self.local_ebike_rule, "fine_payment": self.fine_payment, **windows}


def _in_one_line(error: pydantic.ValidationError, where: str, name_as: Callable[[str], str] = str) -> SettingsError:
    first, *more = error.errors()
    name = name_as(".".join(str(part) for part in first["loc"]))
    what = "is missing" if first["type"] == "value_error.missing" else first["msg"]
    return SettingsError(f"{where}: {name} {what}" + (f" (and {len(more)} more)" if more else ""))


def _read(path: pathlib.Path) -> Dict[str, str]:
    return {key.lower(): value for key, value in dotenv_values(path).items() if value is not None}


def _development_values(configured: Dict[str, str]) -> Dict[str, str]:
    """What was made on this machine; the stand-in WeChat is where its port says now, not when they were made."""
    made = _read(DEVELOPMENT)
    port = configured.get("phone_port", Settings.__fields__["phone_port"].default)
    return {**made, "wechat_api_base_url": f"http://127.0.0.1:{port}"} if made else {}


@functools.cache
def load_settings() -> Settings:
    """Settings of this process: the environment beats `.env`, which beats development values.

    Raises SettingsError with one line that names the setting that is missing or wrong.
    """
    environment = {key.lower(): value for key, value in os.environ.items()}
    configured = {**_read(ROOT / ".env"), **environment}
    if "wechat_token" not in configured:
        configured = {**configured, **_development_values(configured), **environment}
    try:
        return Settings.parse_obj({name: configured[name] for name in Settings.__fields__ if name in configured})
    except pydantic.ValidationError as error:
        raise _in_one_line(error, "settings (environment or .env)", str.upper) from None


@functools.cache
def load_station(path: pathlib.Path = ROOT / "station.yml") -> Station:
    """The station's facts; raises SettingsError naming the field of `station.yml` that is wrong."""
    try:
        return Station(**yaml.safe_load(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise SettingsError(f"{path.name} is missing: copy it from the repository and edit it") from None
    except (yaml.YAMLError, TypeError) as error:
        raise SettingsError(f"{path.name} is not YAML: {error}".splitlines()[0]) from None
    except pydantic.ValidationError as error:
        raise _in_one_line(error, path.name) from None
