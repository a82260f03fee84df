"""Hanging protocols: which series goes where when a study opens, and how it is shown."""
