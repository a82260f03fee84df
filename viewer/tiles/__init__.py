"""One tile: its address, its cache entry, its rendering."""
