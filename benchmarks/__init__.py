"""Figures beside an anchor measured in the same run; `make bench` prints them. Never a test."""
