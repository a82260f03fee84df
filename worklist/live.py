"""The channel on which changed studies are announced to open lists."""

import json
import logging
from dataclasses import asdict, dataclass, field

import redis

from common.redis_client import redis_client

logger = logging.getLogger(__name__)

CHANNEL = "worklist:studies"


@dataclass(frozen=True)
class StudyNotice:
    """A study whose row has changed. It carries no patient data: whoever may see the study fetches its row.

    Attributes
    ----------
    reader_pks
        Users who hear of it although it is not of their facilities: it is, or was until now, theirs to read.
    is_overdue_stat
        Whether pages that count overdue STAT studies count again.
    """

    study_instance_uid: str
    facility_pk: int
    reader_pks: list[int] = field(default_factory=list)
    is_overdue_stat: bool = False


def publish(notice: StudyNotice) -> None:
    """Tell open lists. A broker that is away costs liveness only: the list is right when it is loaded again."""
    try:
        redis_client().publish(CHANNEL, json.dumps(asdict(notice)))
    except redis.RedisError:
        logger.warning("broker is away; open lists do not hear of study %s", notice.study_instance_uid)


def read_notice(data: bytes) -> StudyNotice:
    """Return the notice that a message of the channel carries."""
    return StudyNotice(**json.loads(data))
