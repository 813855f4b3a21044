"""The ways in and out: a folder per channel. A channel turns what is its own into text, intent or metadata."""
