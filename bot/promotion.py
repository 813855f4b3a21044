"""Puts a model live without a gap: a second Rasa process warms up, takes turns, and then the old one finishes.

Both take turns from the same inbox while they overlap, so nothing waits for the change; the lease keeps them apart.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
import xmlrpc.client
from typing import Any, Callable, Optional

import httpx

from bot.errors import CommandError, ServiceFailed
from bot.models import (
    Manifest,
    ModelMissing,
    check_model,
    live_manifest,
    model_of_slot,
    previous_live,
    put_live,
    save_manifest,
    slot_file,
    step_back,
)
from bot.settings import Settings
from bot.supervision import SLOTS, control_socket, rasa_service
from bot.training.jobs import SWITCH, Busy, kept_free

WARM_UP = 300.0  # seconds; a small box that also answers drivers needs more than one that starts
LEAST_REASON = 10
Tell = Callable[[str], None]


class NotThroughTheGate(CommandError):
    """The candidate is worse than what is live; the message says where."""


def promote(settings: Settings, manifest: Manifest, tell: Tell = lambda what: None) -> None:
    """Makes the model live, here and at the next start. Raises ModelRefused, NotThroughTheGate, ServiceFailed."""
    check_model(manifest, None if settings.development else settings.weijing_secret)
    _through_the_gate(manifest)
    _switch(settings, manifest, lambda: put_live(manifest), tell)


def rollback(settings: Settings, tell: Tell = lambda what: None) -> Manifest:
    """The model that was live before is live again; returns its manifest. Raises ModelMissing."""
    before = previous_live()
    if before is None:
        raise ModelMissing("there is no model to go back to")
    check_model(before, None if settings.development else settings.weijing_secret)
    _switch(settings, before, step_back, tell)
    return before


def overrule(manifest: Manifest, who: str, reason: str, at: str) -> Manifest:
    """A lead lets a model through that the gate refused; the reason is kept with it."""
    if len(reason.strip()) < LEAST_REASON:
        raise CommandError(f"a reason has at least {LEAST_REASON} characters: it is all that one will know later")
    overruled = dataclasses.replace(manifest, overruled={"who": who, "reason": reason.strip(), "at": at})
    save_manifest(overruled)
    return overruled


def _through_the_gate(manifest: Manifest) -> None:
    live = live_manifest()
    if manifest.overruled or live is None or live.model == manifest.model:
        return
    if manifest.gate is None:
        raise NotThroughTheGate(f"{manifest.model} was not compared yet: `weijing evaluate --against live`")
    if not manifest.gate["passed"]:
        reasons = "; ".join(manifest.gate["reasons"][:5])
        raise NotThroughTheGate(f"{manifest.model} may not go live: {reasons} (a lead may overrule with --overrule)")


def _switch(settings: Settings, manifest: Manifest, make_live: Callable[[], None], tell: Tell) -> None:
    """Starts the slot that is free with the model, makes it live, and ends the other.

    Broken off before `make_live` the old one is live, behind it the new one; settle() ends the process of the other.
    """
    supervisor = running_supervisor()
    if supervisor is None:
        make_live()
        tell("no station runs here: the model answers from the next start on")
        return
    settle(supervisor)
    old = next((slot for slot in SLOTS if _is_running(supervisor, slot)), None)
    new = SLOTS[1] if old == SLOTS[0] else SLOTS[0]
    slot_file(new).write_text(manifest.model)
    tell(f"{new} warms up")
    supervisor.startProcess(new, False)
    try:
        _wait_until_well(settings, supervisor, new)
    except ServiceFailed:
        _stop(supervisor, new)
        raise
    make_live()
    if old is not None:
        tell(f"{old} finishes")
        _stop(supervisor, old)


def settle(supervisor: Any) -> None:
    """Two slots answer where a promotion was broken off: the one that has the live model stays."""
    running, live = [slot for slot in SLOTS if _is_running(supervisor, slot)], live_manifest()
    if len(running) == 2 and live is not None:
        stays = next((slot for slot in running if _has(slot, live)), running[0])
        for slot in running:
            if slot != stays:
                _stop(supervisor, slot)


def _has(slot: str, live: Manifest) -> bool:
    try:
        return model_of_slot(slot).model == live.model
    except ModelMissing:
        return False


def settle_broken_off() -> None:
    """The same, from the station's own process, unless somebody is just promoting."""
    supervisor = running_supervisor()
    if supervisor is not None:
        with contextlib.suppress(Busy, OSError, xmlrpc.client.Error), kept_free(SWITCH):
            settle(supervisor)  # where that fails, the next time may do


def _stop(supervisor: Any, slot: str) -> None:
    with contextlib.suppress(xmlrpc.client.Fault):  # it has ended by itself
        supervisor.stopProcess(slot)


def running_supervisor() -> Optional[Any]:
    """The supervisor of this box's station, or None when it doesn't run."""
    from supervisor.xmlrpc import SupervisorTransport

    transport = SupervisorTransport(None, None, serverurl=f"unix://{control_socket()}")
    supervisor: Any = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor
    try:
        supervisor.getState()
    except (OSError, xmlrpc.client.Error):
        return None
    return supervisor


def _is_running(supervisor: Any, slot: str) -> bool:
    return supervisor.getProcessInfo(slot)["statename"] in ("STARTING", "RUNNING", "BACKOFF")


def _wait_until_well(settings: Settings, supervisor: Any, slot: str) -> None:
    """Until its port answers: it does so only after the model is loaded and warm."""
    service, deadline = rasa_service(settings, slot), time.monotonic() + WARM_UP
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://{settings.host}:{service.port}/", trust_env=False, timeout=2).is_success:
                return
        if supervisor.getProcessInfo(slot)["statename"] in ("FATAL", "BACKOFF", "EXITED"):
            break
        time.sleep(0.3)
    raise ServiceFailed(f"{slot} did not come up with the new model; the old one goes on (see var/log/{slot}.log)")
