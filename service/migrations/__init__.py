"""The schema's history, applied by `rakkan db upgrade`."""
