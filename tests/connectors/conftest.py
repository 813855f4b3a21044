from __future__ import annotations

from sanic import Sanic

# Sanic rewrites its own methods when an app starts, and can't do so twice in one process unless it knows of tests.
Sanic.test_mode = True
