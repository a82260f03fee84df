"""What is answered, and for a C-STORE one table from outcomes and one from errors.

References
----------
PS3.4 B.2.3 (storage), C.4.1.1.4 (query), PS3.7 C (general statuses)
"""

from enum import IntEnum

from django.db import Error as DatabaseFailure
from pydicom.dataset import Dataset

from archive.exceptions import RefusedError, StorageError, StorageFullError
from archive.services.received import Outcome
from dimse.exceptions import DataSetMismatchError, UnidentifiedDataSetError

# PS3.7 C.4.2: Error Comment is one LO of at most 64 characters.
_COMMENT_LENGTH = 64


class Status(IntEnum):
    """The statuses that we answer with."""

    SUCCESS = 0x0000
    INVALID_ATTRIBUTE_VALUE = 0x0106
    PROCESSING_FAILURE = 0x0110
    DUPLICATE_SOP_INSTANCE = 0x0111
    NO_SUCH_INSTANCE = 0x0112
    INVALID_SOP_INSTANCE = 0x0117
    MISSING_ATTRIBUTE = 0x0120
    NOT_AUTHORIZED = 0x0124
    OUT_OF_RESOURCES = 0xA700
    # Of a C-STORE the data set, of a C-FIND the identifier, is not one of its SOP class.
    DATA_SET_DOES_NOT_MATCH = 0xA900
    # A warning: stored, and something about it differs from what the sender believes.
    KEPT_ASIDE = 0xB000
    CANNOT_UNDERSTAND = 0xC000
    CANCELLED = 0xFE00
    PENDING = 0xFF00


STATUS_OF_OUTCOME: dict[Outcome, Status] = {
    Outcome.STORED: Status.SUCCESS,
    Outcome.DUPLICATE: Status.SUCCESS,
    # The bytes are durable, so the sender must not send again for ever; but a person has to decide what they are,
    # so it must not look like a plain success either.
    Outcome.CONFLICT: Status.KEPT_ASIDE,
    Outcome.REJECTED: Status.CANNOT_UNDERSTAND,
}

# The first row that fits counts. A7xx tells the sender to keep its copy and try later; Cxxx that trying again with
# the same bytes is of no use.
STATUS_OF_ERROR: list[tuple[type[Exception], Status, str]] = [
    (StorageFullError, Status.OUT_OF_RESOURCES, "The archive's disk is full."),
    (StorageError, Status.OUT_OF_RESOURCES, "The archive could not write to its disk."),
    (DatabaseFailure, Status.OUT_OF_RESOURCES, "The archive's database is not available."),
    (DataSetMismatchError, Status.DATA_SET_DOES_NOT_MATCH, "Command and data set name different instances."),
    (
        UnidentifiedDataSetError,
        Status.CANNOT_UNDERSTAND,
        "SOP Class or Instance UID is missing or unreadable.",
    ),
    (RefusedError, Status.CANNOT_UNDERSTAND, ""),
    (Exception, Status.PROCESSING_FAILURE, "Internal error."),
]


def answer_to_error(error: Exception) -> Dataset:
    """Return the response to an operation that failed."""
    for kind, status, comment in STATUS_OF_ERROR:
        if isinstance(error, kind):
            return answer(status, comment or str(error))
    raise AssertionError("The last row fits every error.")


def answer(status: Status, comment: str = "") -> Dataset:
    """Return a response with a status and, in words, why."""
    response = Dataset()
    response.Status = int(status)
    if comment and status != Status.SUCCESS:
        text = comment.encode("ascii", "replace").decode()
        response.ErrorComment = text if len(text) <= _COMMENT_LENGTH else f"{text[: _COMMENT_LENGTH - 3]}..."
    return response
