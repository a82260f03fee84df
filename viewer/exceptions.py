"""What can go wrong on the way to a picture, and with what is drawn on it."""


class ViewerError(Exception):
    """Base of the viewer's errors."""


class InvalidTileRequestError(ViewerError):
    """The address asks for something that no image has, such as a window of no width."""


class RenderingUnavailableError(ViewerError):
    """Tile cache or task queue cannot be reached."""


class VolumeChangedError(ViewerError):
    """The address of a plane was made for other images than the series has now."""


class VolumeStoreFullError(ViewerError):
    """The disk has no room for the voxels of a volume; the message says so to a reader."""


class RevisionChangeError(ViewerError):
    """Somebody tries to change the history of an annotation."""


class InvalidAnnotationError(ViewerError):
    """What was sent cannot be kept as an annotation; the message says what to do."""


class AnnotationNotFoundError(ViewerError):
    """There is no such annotation in the study."""


class AnnotationConflictError(ViewerError):
    """Somebody has changed or deleted the annotation since it was last seen. Nothing was written."""


class EvidenceRefusedError(ViewerError):
    """The archive did not take an instance that was made of annotations; the message says why."""


class InvalidProtocolError(ViewerError):
    """A hanging protocol that is none; the message says which field is wrong and what it may be."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place} {problem}.")


class InvalidCineRequestError(ViewerError):
    """A film that cannot be made as it was asked for; the message says why."""


class CineEncodingError(ViewerError):
    """The encoder made no file of the pictures of a film."""


class InvalidPreferencesError(ViewerError):
    """Preferences that are none; the message says which field is wrong and what it may be."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place} {problem}.")
