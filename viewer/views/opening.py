"""Putting on record that somebody looks at a study: once per study and session, not once per tile.

A study is opened by the first picture or manifest of it that a session fetches, whichever page or program asks.
"""

import hashlib
import logging

import redis
from django.http import Http404, HttpRequest

from archive.models import Series, Study
from archive.selectors import find_series, find_study
from audit.services import record_event
from audit.vocabulary import EventType
from common.redis_client import redis_client
from viewer.access import VisibleInstance, instances_beside, visible_instance
from viewer.admissions import admissions

logger = logging.getLogger(__name__)

# An opening is recorded anew after this time even within one session.
_REMEMBERED_SECONDS = 12 * 3600
# Of a longer series, the instances beyond are looked up when they are asked for.
_MOST_BESIDE = 5_000


def record_opening(
    request: HttpRequest,
    *,
    study_instance_uid: str,
    patient_id: str,
    issuer_of_patient_id: str,
    facility_code: str,
    looked_at: str = "images",
) -> None:
    """Record STUDY_OPENED unless this session has looked at the study's images, or thumbnails, before.

    Where the memory of that is away, the opening is recorded once more rather than not at all.
    """
    session = hashlib.sha256((request.session.session_key or "").encode()).hexdigest()[:32]
    key = f"opened:{session}:{study_instance_uid}:{looked_at}"
    if _is_remembered(key):
        return
    record_event(
        EventType.STUDY_OPENED,
        study_instance_uid=study_instance_uid,
        patient_id=patient_id,
        issuer_of_patient_id=issuer_of_patient_id,
        facility_code=facility_code,
        details={"looked_at": looked_at},
    )
    _remember(key)


def opened_study(request: HttpRequest, study_instance_uid: str) -> Study:
    """Return a study that the user may see, with its opening on record.

    Raises
    ------
    Http404
        It does not exist, or the user may not know that it does.
    """
    study = find_study(request.user, study_instance_uid)
    if study is None:
        raise Http404
    record_opening(
        request,
        study_instance_uid=study.study_instance_uid,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        facility_code=study.facility.code,
    )
    return study


def opened_series(request: HttpRequest, series_instance_uid: str) -> Series:
    """Return a series of a study that the user may see, with the opening of the study on record.

    Raises
    ------
    Http404
        There is none, or the user may not know that there is.
    """
    series = find_series(request.user, series_instance_uid)
    if series is None:
        raise Http404
    record_opening(
        request,
        study_instance_uid=series.study.study_instance_uid,
        patient_id=series.study.patient_id,
        issuer_of_patient_id=series.study.issuer_of_patient_id,
        facility_code=series.study.facility.code,
    )
    return series


def opened_instance(request: HttpRequest, sop_instance_uid: str, frame_number: int | None) -> VisibleInstance:
    """Return an instance that the user may see, with the opening of its study on record.

    Where a frame number is given, the instance has that frame.

    Raises
    ------
    Http404
        There is none, or the user may not know that there is.
    """
    instance = visible_instance(request.user, sop_instance_uid)
    if instance is None or (frame_number is not None and not 1 <= frame_number <= instance.number_of_frames):
        raise Http404
    record_opening(
        request,
        study_instance_uid=instance.study_instance_uid,
        patient_id=instance.patient_id,
        issuer_of_patient_id=instance.issuer_of_patient_id,
        facility_code=instance.facility_code,
    )
    return instance


def admit(request: HttpRequest, instance: VisibleInstance, sop_instance_uid: str) -> None:
    """Remember that the session may see the instance's study, of which the opening is on record.

    With it the other instances of the series are remembered, so that a stack is looked up once. Requests with tokens,
    and those that came past the short way to tiles, are not remembered.
    """
    stamp = getattr(request, "rights_stamp", None)
    seconds = getattr(request, "session_settled_seconds", 0.0)
    session_key = request.session.session_key
    if stamp is None or session_key is None or seconds <= 0:
        return
    known = admissions.knows(sop_instance_uid, stamp=stamp)
    instances = (
        {} if known else instances_beside(instance, at_most=_MOST_BESIDE) | {sop_instance_uid: instance}
    )
    admissions.remember(session_key, instance.study_instance_uid, instances, stamp=stamp, seconds=seconds)


def _is_remembered(key: str) -> bool:
    try:
        return bool(redis_client().exists(key))
    except redis.RedisError:
        return False


def _remember(key: str) -> None:
    try:
        redis_client().set(key, 1, ex=_REMEMBERED_SECONDS)
    except redis.RedisError:
        logger.warning("cache is away; the next picture is recorded as another opening")
