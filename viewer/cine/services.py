"""Have a film made. Workers render its frames a moment at a time, so that readers have their turn between."""

import time
from functools import partial
from typing import Any, BinaryIO

from accounts.models import User
from archive.models import Series, Study
from common.tasks import TaskName, send_now
from dicomkit.person_name import display_name
from viewer.cine.encoding import encode_film, picture_path
from viewer.cine.jobs import CineJob, find_job
from viewer.cine.pictures import Size, film_frame, film_size, writable
from viewer.cine.recording import RecordingRequest, sent_path, take_over
from viewer.cine.request import CineRequest, read_cine_request
from viewer.exceptions import CineEncodingError, InvalidCineRequestError
from viewer.services.decoding import decoded_picture, try_later
from viewer.stack import StackImage, stack_of_series
from viewer.tiles.cache import CachedPicture
from viewer.tiles.render import encoded_picture, or_problem

_SLICE_SECONDS = 0.15


def start_film(*, user: User, series: Series, request: CineRequest) -> CineJob:
    """Begin a film of a series. The caller has checked that the user may take pictures of it away.

    Raises
    ------
    InvalidCineRequestError
        The series has no such images.
    TaskQueueUnavailableError
        The broker cannot be reached.
    """
    images = stack_of_series(series.series_instance_uid)
    if request.last > len(images):
        raise InvalidCineRequestError(f"The series has {len(images)} images.")
    if any(image.slide is not None for image in images):
        raise InvalidCineRequestError("A whole slide is no film.")
    job = CineJob.begin(
        user_pk=user.pk,
        study_instance_uid=series.study.study_instance_uid,
        file_name=f"{series.modality}-series-{series.series_number or 0}.{request.format}",
        format=request.format,
        frames_per_second=request.frames_per_second,
        total=request.count,
    )
    send_now(TaskName.RENDER_CINE, export_id=job.export_id, position=0, wanted=request.as_task_arguments())
    return job


def render_cine(export_id: str, position: int, wanted: dict[str, Any]) -> None:
    """Render frames from a position on for a moment, then go on behind what readers wait for; after the last one have the film encoded."""
    job, request = find_job(export_id), read_cine_request(wanted)
    if job is None or job.problem:
        return
    images = stack_of_series(request.series_instance_uid)[request.first - 1 : request.last]
    size = film_size(images, request)
    words = identity_words(request) if request.has_identity else []
    until = time.monotonic() + _SLICE_SECONDS
    while position < len(images) and time.monotonic() < until:
        picture = _picture(images[position], request, size, words)
        if picture is None:
            break
        if picture.problem:
            job.keep(problem=f"Image {request.first + position}: {picture.problem}")
            return
        picture_path(job.folder, position).write_bytes(picture.png)
        position += 1
    job.keep(done=position)
    if position < len(images):
        try_later(TaskName.RENDER_CINE, export_id=export_id, position=position, wanted=wanted)
    else:
        send_now(TaskName.ENCODE_CINE, export_id=export_id)


def start_recording(*, user: User, series: Series, request: RecordingRequest) -> CineJob:
    """Begin a film whose pictures a browser sends; the caller has checked that they may be taken away."""
    return CineJob.begin(
        user_pk=user.pk,
        study_instance_uid=series.study.study_instance_uid,
        file_name=f"{series.modality}-series-{series.series_number or 0}-{request.shows}.{request.format}",
        format=request.format,
        frames_per_second=request.frames_per_second,
        total=request.frames,
        sent_size=(request.columns, request.rows),
    )


def take_picture(job: CineJob, index: int, picture: bytes) -> None:
    """Keep a picture that a browser sent; with the last one the film is made.

    Raises
    ------
    InvalidCineRequestError
        The film has no such picture, or lacks one before its last.
    TaskQueueUnavailableError
        The broker cannot be reached.
    """
    if job.sent_size is None or index >= job.total:
        raise InvalidCineRequestError("The film has no such picture.")
    sent_path(job.folder, index).write_bytes(picture)
    if index + 1 < job.total:
        return
    if not all(sent_path(job.folder, number).is_file() for number in range(job.total)):
        raise InvalidCineRequestError("A picture of the film is missing.")
    send_now(TaskName.TAKE_OVER_RECORDING, export_id=job.export_id, position=0)


def take_over_recording(export_id: str, position: int) -> None:
    """Read pictures of a browser from a position on for a moment, then go on behind what readers wait for."""
    job = find_job(export_id)
    if job is None or job.sent_size is None or job.problem:
        return
    until = time.monotonic() + _SLICE_SECONDS
    try:
        while position < job.total and time.monotonic() < until:
            take_over(job.folder, position, size=job.sent_size)
            position += 1
    except CineEncodingError as error:
        job.keep(problem=str(error))
        return
    job.keep(done=position)
    if position < job.total:
        try_later(TaskName.TAKE_OVER_RECORDING, export_id=export_id, position=position)
    else:
        send_now(TaskName.ENCODE_CINE, export_id=export_id)


def encode_cine(export_id: str) -> None:
    """Make the file of the rendered frames and remove them."""
    job = find_job(export_id)
    if job is None or job.is_ready:
        return
    try:
        encode_film(
            job.folder,
            job.film,
            film_format=job.format,
            count=job.total,
            frames_per_second=job.frames_per_second,
        )
    except CineEncodingError as error:
        job.keep(problem=str(error))
        return
    finally:
        for index in range(job.total):
            picture_path(job.folder, index).unlink(missing_ok=True)
    job.keep(done=job.total, is_ready=True)


def identity_words(request: CineRequest) -> list[str]:
    """Return whose pictures they are, line by line; a name that the font cannot write is left to the ID."""
    study = Study.objects.get(series__series_instance_uid=request.series_instance_uid)
    name = display_name(study.patient_name)
    born = study.patient_birth_date.isoformat() if study.patient_birth_date else ""
    made = study.study_date.isoformat() if study.study_date else ""
    lines = [
        name if writable(name) else "",
        f"ID {study.patient_id}" if study.patient_id else "",
        " ".join(word for word in (f"*{born}" if born else "", study.patient_sex) if word),
        " ".join(word for word in (made, study.study_description) if word),
    ]
    return [line for line in lines if line]


def _picture(image: StackImage, request: CineRequest, size: Size, words: list[str]) -> CachedPicture | None:
    def make(file: BinaryIO) -> CachedPicture:
        frame = partial(film_frame, file, image, request, size=size, words=words)
        return or_problem(lambda: CachedPicture(encoded_picture(frame())))

    return decoded_picture(image.sha256, image.frame_number, make)
