"""Watermark and fingerprint: what leads a stripped copy back to its manifest."""
