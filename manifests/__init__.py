"""Say where this video comes from, and whether it has changed since."""
