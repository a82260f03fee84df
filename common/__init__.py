"""A small Django leaf: what at least two apps need and no domain noun names."""
