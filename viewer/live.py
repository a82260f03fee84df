"""The channels on which changed marks of a study are announced to whoever reads it now."""

import json
import logging
from dataclasses import asdict, dataclass

import redis

from common.redis_client import redis_client

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class MarkNotice:
    """Marks of a study have changed. It says nothing of what they are: whoever may see the study fetches them.

    Attributes
    ----------
    annotation_uid
        Empty where a key image was marked, or the mark taken away.
    revision
        Of the annotation, 0 without one: who has it already need not fetch it.
    """

    study_instance_uid: str
    annotation_uid: str = ""
    revision: int = 0


def channel_of(study_instance_uid: str) -> str:
    """Return the name of a study's channel."""
    return f"viewer:marks:{study_instance_uid}"


def publish(notice: MarkNotice) -> None:
    """Tell the readers of a study. A broker that is away costs liveness only."""
    try:
        redis_client().publish(channel_of(notice.study_instance_uid), json.dumps(asdict(notice)))
    except redis.RedisError:
        logger.warning("broker is away; readers do not hear of marks on study %s", notice.study_instance_uid)


def read_notice(data: bytes) -> MarkNotice:
    """Return the notice that a message of a channel carries."""
    return MarkNotice(**json.loads(data))
