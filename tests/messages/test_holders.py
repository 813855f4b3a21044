from __future__ import annotations

import subprocess
import sys

from sqlalchemy.engine import Engine

from messages import leases
from messages.clock import utc_now
from messages.database import writing
from messages.holders import new_holder, surely_dead

BEARER = "import sys; from messages.holders import new_holder; print(new_holder(), flush=True); sys.stdin.read()"


def test_who_lives_or_lives_elsewhere_is_not_dead() -> None:
    assert not any(map(surely_dead, (new_holder(), "", "a1b2c3", "0123abcd-1-1-ffff")))


def test_the_lease_of_a_killed_process_is_free_at_once(engine: Engine) -> None:
    with subprocess.Popen([sys.executable, "-c", BEARER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as process:
        assert process.stdout
        bearer, mine = process.stdout.readline().strip(), new_holder()
        with writing(engine) as session:
            assert leases.take(session, "work", bearer, utc_now(), 60)
            assert not leases.take(session, "work", mine, utc_now(), 60)
            assert not leases.free(session, "work", utc_now())
        process.kill()
        process.wait()
        with writing(engine) as session:
            assert leases.free(session, "work", utc_now())
            assert leases.take(session, "work", mine, utc_now(), 60)
