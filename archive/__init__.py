"""The archive: patients, studies, series, instances, their bytes, and the one corridor through which they arrive."""
