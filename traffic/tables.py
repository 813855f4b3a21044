"""All tables of this room in one metadata: importing this module is what makes it complete."""

from __future__ import annotations

from traffic import (
    accidents,
    announcements,
    appointments,
    articles,
    audit,
    bindings,
    bulletins,
    counter_codes,
    drivers,
    numbers,
    page_links,
    points,
    proofs,
    road_conditions,
    road_subscriptions,
    roads,
    sayings,
    slots,
    speed_cameras,
    subscriber_wishes,
    subscribers,
    tickets,
    vehicles,
    violations,
    waiting_list,
)
from traffic.database import Base
from traffic.imports import ledger

NOUNS = (accidents, announcements, appointments, articles, audit, bindings, bulletins, counter_codes, drivers, ledger,
         numbers, page_links, points, proofs, road_conditions, road_subscriptions, roads, sayings, slots,
         speed_cameras, subscriber_wishes, subscribers, tickets, vehicles, violations, waiting_list)
metadata = Base.metadata
