# Every command is one line that calls `weijing`; `ready` sets the machine up and is quick when nothing changed.
WEIJING = .venv/bin/weijing
.PHONY: run test check train evaluate bench lock ready
.DEFAULT_GOAL := run

ready:
	@sh tools/setup

run: ready
	@$(WEIJING) run

test: ready
	@$(WEIJING) test

check: ready
	@$(WEIJING) check

train: ready
	@$(WEIJING) train

evaluate: ready
	@$(WEIJING) evaluate

bench: ready
	@$(WEIJING) bench

lock: ready
	@.tools/bin/uv pip compile --quiet --upgrade --python-version 3.10 --generate-hashes --no-emit-index-url --no-annotate --no-header requirements.in --output-file requirements.lock
