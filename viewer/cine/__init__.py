"""A stack as a film: a file for a talk or a colleague, made by workers from the stored frames."""
