"""Keys, certificate profiles, the timestamp authority and trust lists."""
