"""Commands of `weijing`, one file a subject; each only reads its arguments, calls its room and shows the result."""
