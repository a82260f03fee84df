"""Whole slides: several stored levels as one image with a pyramid."""
