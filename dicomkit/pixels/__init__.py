"""From stored pixel data to what a screen shows: one transform per module, array in, array out."""
