"""Films under way: how far each is, in Redis for an hour, and its files in a folder of their own."""

import json
import shutil
import time
import uuid
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from common.redis_client import redis_client
from viewer.cine.request import CineFormat

_KEPT_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class CineJob:
    """One film for one user.

    Attributes
    ----------
    format, frames_per_second
        What the encoder makes of its frames.
    total, done
        Frames that it has, and that are rendered.
    sent_size
        Columns and rows of the pictures that a browser sends; None where workers render them.
    problem
        Why there will be no film, or "".
    """

    export_id: str
    user_pk: int
    study_instance_uid: str
    file_name: str
    format: CineFormat
    frames_per_second: float
    total: int
    sent_size: tuple[int, int] | None = None
    done: int = 0
    is_ready: bool = False
    problem: str = ""

    @classmethod
    def begin(cls, *, user_pk: int, **values: Any) -> Self:
        """Start a film; it takes the place of the one that the user had begun or not yet fetched."""
        clean_up()
        former = redis_client().get(_holder_key(user_pk))
        if isinstance(former, bytes):
            forget(former.decode())
        job = cls(export_id=str(uuid.uuid4()), user_pk=user_pk, **values)
        job.folder.mkdir(parents=True)
        redis_client().set(_holder_key(user_pk), job.export_id, ex=_KEPT_SECONDS)
        job.keep()
        return job

    @property
    def folder(self) -> Path:
        """Where its pictures lie until it is made."""
        return _root() / self.export_id

    @property
    def film(self) -> Path:
        """The finished file."""
        return self.folder / "film"

    def keep(self, **changes: object) -> None:
        """Write down how far it is."""
        job = replace(self, **changes)  # type: ignore[arg-type]  # fields by name
        redis_client().set(_key(self.export_id), json.dumps(asdict(job)), ex=_KEPT_SECONDS)


def find_job(export_id: str) -> CineJob | None:
    """Return a film under way; None once another took its place or its hour is over."""
    kept = redis_client().get(_key(export_id))
    if kept is None:
        return None
    values = json.loads(kept)
    size = values["sent_size"]
    return CineJob(
        **values | {"format": CineFormat(values["format"]), "sent_size": tuple(size) if size else None}
    )


def forget(export_id: str) -> None:
    """Take a film out of the world."""
    redis_client().delete(_key(export_id))
    shutil.rmtree(_root() / export_id, ignore_errors=True)


def clean_up() -> None:
    """Remove the files of films whose hour is over."""
    if not _root().is_dir():
        return
    oldest = time.time() - _KEPT_SECONDS
    for folder in _root().iterdir():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def _root() -> Path:
    return Path(settings.PACS_EXPORT_DIR)


def _key(export_id: str) -> str:
    return f"cine:{export_id}"


def _holder_key(user_pk: int) -> str:
    return f"cine:of:{user_pk}"
