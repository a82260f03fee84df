"""What the addresses of all pictures have in common: a key in the cache, an entity tag, and the way to a worker."""

import hashlib
from abc import ABC, abstractmethod
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class PictureRequest(ABC):
    """The address of a picture as a value; subclasses are dataclasses of what the address says."""

    @abstractmethod
    def cache_key(self) -> str:
        """Return the key of the picture in the cache; it holds no patient data."""

    def etag(self) -> str:
        """Return the strong entity tag: the same content, address and renderer always yield the same bytes."""
        return f'"{hashlib.sha256(self.cache_key().encode()).hexdigest()[:32]}"'

    def as_task_arguments(self) -> dict[str, Any]:
        """Return the request as values that a task may carry."""
        return asdict(self)
