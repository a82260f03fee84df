"""Putting on record that somebody looks at a study: once per study and session, not once per tile.

A study is opened by the first picture or manifest of it that a session fetches, whichever page or program asks.
"""

import hashlib
import logging

import redis
from django.http import HttpRequest

from audit.services import record_event
from audit.vocabulary import EventType
from common.redis_client import redis_client

logger = logging.getLogger(__name__)

# An opening is recorded anew after this time even within one session.
_REMEMBERED_SECONDS = 12 * 3600


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
