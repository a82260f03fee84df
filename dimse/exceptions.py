"""What can go wrong in the DIMSE gateway. Messages carry titles and addresses, never patient data."""


class DimseError(Exception):
    """Base of the gateway's errors."""


class UnsupportedLibraryError(DimseError):
    """The installed pynetdicom is not the release that the guard was written against."""


class CannotListenError(DimseError):
    """The address or port cannot be listened on; the message says why in one line."""


class DataSetMismatchError(DimseError):
    """The command names another SOP class or instance than its data set."""


class UnidentifiedDataSetError(DimseError):
    """The data set does not begin with the SOP class and instance that it must have."""


class CallerRefusedError(DimseError):
    """A calling application entity may not associate."""

    reason = "The caller is refused."

    def __init__(self) -> None:
        super().__init__(self.reason)


class UnknownCallerError(CallerRefusedError):
    """Nobody has registered the calling AE title."""

    reason = "The calling AE title is not registered."


class InactiveCallerError(CallerRefusedError):
    """The entity, or its facility, is switched off."""

    reason = "The calling AE title or its facility is not active."


class WrongAddressError(CallerRefusedError):
    """The calling AE title is registered for another address."""

    reason = "The calling AE title is registered for another address."
