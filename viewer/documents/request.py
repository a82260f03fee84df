"""What is asked of a document: its words, the description of its waveforms, or some of their samples."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from viewer.tiles.picture_request import PictureRequest

# Part of every cache key and entity tag: counted up whenever the same address yields other bytes than before.
DOCUMENT_VERSION = 2


class DocumentPart(StrEnum):
    """What of a document is wanted."""

    REPORT = "report"
    WAVEFORM = "waveform"
    SAMPLES = "samples"


@dataclass(frozen=True)
class DocumentRequest(PictureRequest):
    """A part of a document.

    Attributes
    ----------
    sha256
        The content. As a part of the key it makes an entry valid for ever.
    group_index, chunk_index
        0-based, of samples: see `dicomkit.waveform.read_samples`.
    """

    sha256: str
    part: DocumentPart
    group_index: int = 0
    chunk_index: int = 0

    def cache_key(self) -> str:
        """Return the key in the cache; it holds no patient data."""
        return f"document:{DOCUMENT_VERSION}:{self.part}:{self.sha256}:{self.group_index}:{self.chunk_index}"

    @classmethod
    def from_task_arguments(cls, arguments: dict[str, Any]) -> Self:
        """Return the request that `as_task_arguments` put down."""
        return cls(**{**arguments, "part": DocumentPart(arguments["part"])})
