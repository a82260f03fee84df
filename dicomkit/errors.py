"""What can go wrong in dicomkit: one base, one class per failure. Messages carry UIDs and numbers, never names."""


class DicomKitError(Exception):
    """Base of every failure that dicomkit reports on purpose."""


class NoPixelDataError(DicomKitError):
    """The object has no pixel data to show."""


class FrameNotFoundError(DicomKitError):
    """The frame asked for is outside the frames of the object."""


class UnsupportedTransferSyntaxError(DicomKitError):
    """The pixel data is encoded in a transfer syntax that cannot be decoded here."""


class UnsupportedPixelFormatError(DicomKitError):
    """The attributes describe a pixel layout that is not supported or not valid."""


class PixelFloodError(DicomKitError):
    """A frame, or an inflated data set, would need more memory than is allowed."""


class FrameDecodeError(DicomKitError):
    """The compressed bytes of a frame are damaged or contradict the attributes."""


class InvalidLookupTableError(DicomKitError):
    """A Modality LUT, VOI LUT or palette cannot be used as it is written."""


class InvalidWindowError(DicomKitError):
    """A window has a width that selects no values or an unknown function."""


class InvalidTileError(DicomKitError):
    """The level, column or row asked for does not exist in the pyramid."""


class NotDICOMError(DicomKitError):
    """The file is something else than DICOM."""


class ExecutablePreambleError(DicomKitError):
    """The file is a DICOM data set and a program, or a document of another kind, at once."""


class DeflateBombError(DicomKitError):
    """A deflated data set unfolds to more than is allowed."""


class UnreadableHeaderError(DicomKitError):
    """The elements before the pixel data cannot be parsed."""


class IdentityError(DicomKitError):
    """An identifier that every instance must carry is missing or is none."""


class MalformedAttributeError(DicomKitError):
    """An attribute's value cannot be converted from its bytes."""


class NotAVolumeError(DicomKitError):
    """The images of a series do not form a volume; the message says why, to a radiologist."""


class NoSUVError(DicomKitError):
    """The standardised uptake value of a PET image cannot be computed; the message says why, to a radiologist."""


class InvalidSegmentationError(DicomKitError):
    """A segmentation cannot be used as it is written."""


class InvalidStructureSetError(DicomKitError):
    """An RT structure set cannot be used as it is written."""


class InvalidWaveformError(DicomKitError):
    """A waveform cannot be read as it is written; the message says why, to a reader."""


class InvalidDocumentError(DicomKitError):
    """An encapsulated document is missing, or is not of the kind that it claims to be."""
