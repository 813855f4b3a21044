"""Drivers' pages (H5) below /h5: what should not be typed into a chat, and what shows better than a chat can."""
