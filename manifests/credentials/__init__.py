"""C2PA manifests: build, sign, timestamp, read."""
