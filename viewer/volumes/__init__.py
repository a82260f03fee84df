"""Series as volumes: shared voxels on disk, and planes through them as tiles."""
