"""Turn what pydicom raises for values that it cannot convert into an error of this library.

pydicom converts a value when it is first asked for, so a damaged header fails far from where it was read, and with
whatever the conversion raises.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

from pydicom.errors import BytesLengthException

from dicomkit.errors import DicomKitError, MalformedAttributeError

CONVERSION_ERRORS = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    NotImplementedError,
    RecursionError,
    struct.error,
    BytesLengthException,
    # What a sequence raises that is parsed only now.
    EOFError,
    OSError,
)


@contextmanager
def refuse_malformed_values() -> Iterator[None]:
    """Raise MalformedAttributeError for any failed conversion inside of the block.

    References
    ----------
    PS3.5 6.2 (value representations).
    """
    try:
        yield
    except DicomKitError:
        raise
    except CONVERSION_ERRORS as error:
        raise MalformedAttributeError(
            "An attribute's value does not follow its value representation."
        ) from error
