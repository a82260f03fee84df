"""Pictures of stored images: tiles, thumbnails, and the manifest that the reading page starts from."""
