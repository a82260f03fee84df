"""N-CREATE and N-SET of the modality performed procedure step: a modality says that it has begun, and how it ended.

References
----------
PS3.4 F.7 (Modality Performed Procedure Step SOP Class), PS3.7 C (statuses)
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import Error as DatabaseFailure
from pydicom.dataset import Dataset

from audit.context import acting_as
from dicomkit.uid import is_valid_uid, new_uid
from dimse.access import may
from dimse.associations import OpenAssociation, OpenAssociations, drop_broken_connections
from dimse.models import Right
from dimse.status import Status, answer
from worklist.dicom.performed import beginning, progress, scheduled_steps_of
from worklist.exceptions import (
    ChangedMeanwhileError,
    KnownPerformedStepError,
    PerformedStepAttributeError,
    TransitionError,
)
from worklist.models import PerformedProcedureStep
from worklist.services.acquisition import begin_performed_step, report_performed_step

logger = logging.getLogger(__name__)

# PS3.4 F.7.2.2.2: the Error ID that goes with a processing failure when the step has ended.
_NO_LONGER_UPDATED = 0xA710
Answer = tuple[Dataset, Dataset | None]


def handle_create(event: Any, associations: OpenAssociations) -> Answer:
    """Take down that a step has begun; success is answered after the commit."""
    return _answered(event, associations, _create)


def handle_set(event: Any, associations: OpenAssociations) -> Answer:
    """Take down what is reported of a step; success is answered after the commit."""
    return _answered(event, associations, _set)


def _create(event: Any, opened: OpenAssociation) -> Answer:
    facility = opened.arrivals.facility
    # A request without a data set is one without attributes, which pynetdicom does not decode.
    report = event.attribute_list if event.request.AttributeList else Dataset()
    # A modality may leave the UID to us (PS3.7 10.1.5.1.4).
    uid = str(event.request.AffectedSOPInstanceUID or new_uid())
    if not is_valid_uid(uid):
        return answer(Status.INVALID_SOP_INSTANCE, "That is no UID."), None
    columns = beginning(facility, report)
    begin_performed_step(
        facility=facility,
        sop_instance_uid=uid,
        steps=scheduled_steps_of(facility, report),
        **columns,
    )
    created = Dataset()
    created.update(report)
    response = answer(Status.SUCCESS)
    response.AffectedSOPInstanceUID = uid
    return response, created


def _set(event: Any, opened: OpenAssociation) -> Answer:
    performed = PerformedProcedureStep.objects.filter(
        sop_instance_uid=str(event.request.RequestedSOPInstanceUID), facility=opened.arrivals.facility
    ).first()
    if performed is None:
        return answer(Status.NO_SUCH_INSTANCE, "No such performed procedure step."), None
    report = event.modification_list if event.request.ModificationList else Dataset()
    action, columns = progress(opened.arrivals.facility, report)
    report_performed_step(performed=performed, action=action, **columns)
    return answer(Status.SUCCESS), report


def _answered(
    event: Any, associations: OpenAssociations, operation: Callable[[Any, OpenAssociation], Answer]
) -> Answer:
    drop_broken_connections()
    opened = associations.of(event.assoc)
    if opened is None or not may(opened.entity_pk, Right.WORKLIST):
        return answer(Status.NOT_AUTHORIZED, "This AE title may not report steps."), None
    try:
        with acting_as(opened.actor):
            return operation(event, opened)
    except PerformedStepAttributeError as error:
        status = Status.MISSING_ATTRIBUTE if error.is_missing else Status.INVALID_ATTRIBUTE_VALUE
        return answer(status, str(error)), None
    except KnownPerformedStepError as error:
        return answer(Status.DUPLICATE_SOP_INSTANCE, str(error)), None
    except (TransitionError, ChangedMeanwhileError):
        response = answer(Status.PROCESSING_FAILURE, "The step has ended and may no longer be updated.")
        response.ErrorID = _NO_LONGER_UPDATED
        return response, None
    except DatabaseFailure as error:
        logger.error("a performed procedure step could not be kept (%s)", type(error).__name__)
        return answer(Status.PROCESSING_FAILURE, "The database is not available. Report it again."), None
