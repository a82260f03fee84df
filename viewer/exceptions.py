"""What can go wrong on the way to a picture."""


class ViewerError(Exception):
    """Base of the viewer's errors."""


class InvalidTileRequestError(ViewerError):
    """The address asks for something that no image has, such as a window of no width."""


class RenderingUnavailableError(ViewerError):
    """Tile cache or task queue cannot be reached."""


class VolumeStoreFullError(ViewerError):
    """The disk has no room for the voxels of a volume; the message says so to a reader."""
