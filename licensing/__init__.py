"""Decide whether this may be made, under which terms, and who is paid for it."""
