"""A PET laid in colours over the images or planes of another series, as tiles."""
