"""Pages: one Sanic app that is the only door to the outside, and the stand-in WeChat for development."""
