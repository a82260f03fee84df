"""The note that says which instances were rejected and why: a key object, stored like any other instance.

References
----------
IHE RAD TF-3 4.66 (Image Object Change Management), PS3.16 TID 2010
"""

import io

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from archive.exceptions import CorrectionError
from archive.models import Correction, Instance, Study
from archive.services.ingest import ingest_instance
from archive.services.outgoing import outgoing_header
from archive.services.received import ArrivalSession, Origin, Outcome, ReceivedInstance
from audit.context import current_actor
from dicomkit.errors import DicomKitError
from dicomkit.evidence import EvidenceImage, EvidenceSeries
from dicomkit.key_object_writing import key_object_selection
from dicomkit.rejection import title_and_reason
from dicomkit.uid import new_uid

_SERIES_NUMBER = 9904
_DESCRIPTION = "Rejection notes (Reading Room)"


def store_rejection_note(*, correction: Correction, study: Study, author: User) -> None:
    """Store the note of a rejection in the study, hidden with what it rejects. The caller has checked everything.

    Ingest records INSTANCES_STORED.

    Raises
    ------
    CorrectionError
        The note cannot be made or stored; the rejection is not done.
    """
    rejected = list(
        Instance.kept.filter(rejection=correction, series__study=study)
        .select_related("series__study__facility", "blob")
        .order_by("series__series_number", "series_id", "instance_number", "pk")
    )
    title, modifier = title_and_reason(correction.reason_code)
    try:
        dataset = key_object_selection(
            outgoing_header(rejected[0]),
            [_reference(one) for one in rejected],
            _series(study),
            description=f"Rejected by {author.get_full_name()}: {correction.reason}",
            title=title,
            modifier=modifier,
        )
    except DicomKitError as error:
        raise CorrectionError(
            _("The rejection note cannot be written: %(reason)s") % {"reason": error}
        ) from error
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    file.seek(0)
    session = ArrivalSession(Origin.CORRECTION, current_actor(), study.facility)
    result = ingest_instance(received=ReceivedInstance(file), session=session)
    if result.outcome != Outcome.STORED:
        raise CorrectionError(_("The rejection note was not stored: %(reason)s") % {"reason": result.reason})
    Instance.kept.filter(sop_instance_uid=dataset.SOPInstanceUID).update(rejection=correction)


def _reference(instance: Instance) -> EvidenceImage:
    return EvidenceImage(
        sop_class_uid=instance.sop_class_uid,
        sop_instance_uid=instance.sop_instance_uid,
        series_instance_uid=instance.series.series_instance_uid,
        modality=instance.series.modality,
        # The whole instance, whatever frames it has.
        number_of_frames=1,
        frame_number=1,
    )


def _series(study: Study) -> EvidenceSeries:
    """Return the series of the study's notes, with the next number in it."""
    notes = Instance.kept.filter(
        series__study=study, series__series_number=_SERIES_NUMBER, series__series_description=_DESCRIPTION
    )
    last = notes.select_related("series").last()
    return EvidenceSeries(
        description=_DESCRIPTION,
        number=_SERIES_NUMBER,
        instance_number=notes.count() + 1,
        created=timezone.now(),
        series_instance_uid=last.series.series_instance_uid if last else new_uid(),
    )
