"""Structured reports of measurements: PS3.16 TID 1500, written and read."""
