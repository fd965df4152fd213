"""The doors of Rakkan: HTTP, pages, command line and worker over the same operations."""
