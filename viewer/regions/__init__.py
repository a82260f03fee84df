"""Segmentations and structure sets over images: which there are, and what they show on an image."""
