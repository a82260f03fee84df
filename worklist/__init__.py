"""The study worklist: what a user may see, in any order, filtered, paged by key and kept up to date."""
