"""What can go wrong in the archive. Messages carry UIDs and reasons, never patient data."""

from django.utils.translation import gettext as _


class ArchiveError(Exception):
    """Base of the archive's errors."""


class StorageError(ArchiveError):
    """The blob store failed; nothing was acknowledged."""


class StorageFullError(StorageError):
    """The blob store has no room left."""


class BlobNotFoundError(StorageError):
    """The bytes that a row names are not in the blob store."""


class RefusedError(ArchiveError):
    """What arrived is not taken in; the message says why and what to do."""


class InstanceTooLargeError(RefusedError):
    """One file is larger than the limit."""


class UnreadableSourceError(RefusedError):
    """What arrives cannot be read to its end, at the sender's side of the door."""


class UnsafeArchiveError(RefusedError):
    """A ZIP archive or DICOMDIR would cost too much or reaches outside itself."""


class CorrectionError(ArchiveError):
    """A correction is not possible; the message tells the user why and what to do."""


class CorrectionConflictError(CorrectionError):
    """What was to be corrected has changed since it was looked at."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This has been changed in the meantime. Look at the preview again and repeat what is still right."
            )
        )


class FinalReportError(CorrectionError):
    """The report is final."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "The report is final. Only an administrator of the facility can correct the study now, with a reason."
            )
        )
