"""Store what readers marked in a study as DICOM instances: a report, a selection of key images, presentation states.

Measurements become the report, and everything that is drawn or written on grey-scale images is in the states.
The instances go through the archive's door like any others. No stored instance is changed: a later report names the
one that it takes the place of.
"""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override
from pydicom.dataset import Dataset

from accounts.models import User
from archive.models import Instance, Study
from archive.services.ingest import close_session, ingest_instance
from archive.services.outgoing import outgoing_header
from archive.services.received import ArrivalSession, Origin, Outcome, ReceivedInstance
from audit.actors import Actor
from dicomkit.evidence import EvidenceSeries
from dicomkit.key_object_writing import key_object_selection
from dicomkit.presentation_writing import presentation_state
from dicomkit.sr.report import ReportedMarking, measurement_report
from dicomkit.uid import new_uid
from viewer.exceptions import EvidenceRefusedError
from viewer.models import Annotation, Evidence, EvidenceKind, KeyImage
from viewer.presented import PresentedGroup, can_be_presented, presented_groups
from viewer.reported import can_be_reported, evidence_image, reported_markings
from viewer.selectors import annotations_of_study, key_images_of_study

# Far behind the series of the scanner, so that they come last in every list.
_SERIES_NUMBERS = {
    EvidenceKind.MEASUREMENTS: 9901,
    EvidenceKind.KEY_IMAGES: 9902,
    EvidenceKind.PRESENTATION: 9903,
}


@dataclass(frozen=True)
class StoredEvidence:
    """What was stored; nothing where nothing has changed since the last time.

    `on_planes` counts marks on planes through volumes that measure nothing, or lie in no frame of reference: they belong
    to no stored image and are in no instance.
    `omitted` counts annotations of images that no grey-scale presentation state can show, such as those in colour.
    """

    created: tuple[Evidence, ...]
    omitted: int
    on_planes: int


def store_evidence(*, study: Study, author: User, actor: Actor) -> StoredEvidence | None:
    """Store what is marked in a study as instances of it; None while workers compute numbers for them.

    The caller has checked that the author may annotate the study. What has not changed since it was last stored is
    not stored again. Ingest records INSTANCES_STORED.

    Raises
    ------
    RenderingUnavailableError
        Cache or task queue cannot be reached.
    EvidenceRefusedError
        The archive did not take an instance. Nothing is stored.
    DicomKitError, BlobNotFoundError
        The header of an image that was marked cannot be read.
    """
    drawn = list(annotations_of_study(study).select_related("instance__series__study", "instance__blob"))
    annotations = [one for one in drawn if one.plane is None]
    markings = reported_markings(drawn) if any(map(can_be_reported, drawn)) else []
    if markings is None:
        return None
    groups = presented_groups(annotations, markings)
    key_images = list(key_images_of_study(study).select_related("instance__series__study", "instance__blob"))
    with transaction.atomic():
        # One at a time for each study: the second finds what the first has stored.
        Study.objects.select_for_update().only("pk").get(pk=study.pk)
        session = ArrivalSession(Origin.VIEWER, actor, study.facility)
        made = [
            _store_measurements(study, drawn, markings, author, session) if markings else None,
            _store_key_images(study, key_images, author, session) if key_images else None,
            *(_store_presentation(study, group, author, session) for group in groups),
        ]
        close_session(session)
    return StoredEvidence(
        created=tuple(one for one in made if one is not None),
        omitted=sum(not can_be_presented(one) for one in annotations),
        on_planes=sum(one.plane is not None and not can_be_reported(one) for one in drawn),
    )


def _store_measurements(
    study: Study,
    annotations: Sequence[Annotation],
    markings: Sequence[ReportedMarking],
    author: User,
    session: ArrivalSession,
) -> Evidence | None:
    planes = [repr(marking.plane) for marking in markings if marking.plane is not None]
    content = _digest([*(repr(marking) for marking in markings), *planes])
    last = _last(study, EvidenceKind.MEASUREMENTS)
    if last is not None and last.content == content:
        return None
    reported = {marking.tracking_uid for marking in markings}
    told = [one for one in annotations if one.annotation_uid in reported]
    dataset = measurement_report(
        _header(told[0].instance),
        markings,
        _series(study, EvidenceKind.MEASUREMENTS, last),
        observers=list(dict.fromkeys(one.author_name for one in told)),
        predecessor=_predecessor(last) if last is not None else None,
    )
    return _store(dataset, study, EvidenceKind.MEASUREMENTS, content, author, session)


def _predecessor(last: Evidence) -> tuple[str, str, str]:
    stored = Instance.kept.get(sop_instance_uid=last.sop_instance_uid)
    return last.series_instance_uid, last.sop_instance_uid, stored.sop_class_uid


def _store_key_images(
    study: Study, key_images: Sequence[KeyImage], author: User, session: ArrivalSession
) -> Evidence | None:
    content = _digest(sorted(f"{one.instance.sop_instance_uid} {one.frame_number}" for one in key_images))
    last = _last(study, EvidenceKind.KEY_IMAGES)
    if last is not None and last.content == content:
        return None
    names = ", ".join(dict.fromkeys(one.author_name for one in key_images))
    dataset = key_object_selection(
        _header(key_images[0].instance),
        [evidence_image(one) for one in key_images],
        _series(study, EvidenceKind.KEY_IMAGES, last),
        description=f"Key images marked by {names}",
    )
    return _store(dataset, study, EvidenceKind.KEY_IMAGES, content, author, session)


def _store_presentation(
    study: Study, group: PresentedGroup, author: User, session: ArrivalSession
) -> Evidence | None:
    kind = EvidenceKind.PRESENTATION
    last = _last(study, kind, subject=group.subject)
    if last is not None and last.content == group.content:
        return None
    number = group.header.get("SeriesNumber")
    dataset = presentation_state(
        group.header,
        group.frames,
        group.greys,
        _series(study, kind, _last(study, kind)),
        description="Annotations" if number is None else f"Annotations of series {number}",
        creator=author.get_full_name(),
    )
    return _store(dataset, study, kind, group.content, author, session, subject=group.subject)


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _last(study: Study, kind: EvidenceKind, **about: str) -> Evidence | None:
    return Evidence.objects.filter(study=study, kind=kind, **about).order_by("-pk").first()


# What is stored speaks the language of the site, whoever asked for it.
@override(settings.LANGUAGE_CODE)
def _series(study: Study, kind: EvidenceKind, last: Evidence | None) -> EvidenceSeries:
    """Return the series of all evidence of a kind, with the next number in it."""
    return EvidenceSeries(
        description=f"{kind.label} (Reading Room)",
        number=_SERIES_NUMBERS[kind],
        instance_number=Evidence.objects.filter(study=study, kind=kind).count() + 1,
        created=timezone.now(),
        series_instance_uid=last.series_instance_uid if last is not None else new_uid(),
    )


def _header(instance: Instance) -> Dataset:
    return outgoing_header(instance)


def _store(
    dataset: Dataset,
    study: Study,
    kind: EvidenceKind,
    content: str,
    author: User,
    session: ArrivalSession,
    *,
    subject: str = "",
) -> Evidence:
    file = io.BytesIO()
    dataset.save_as(file, enforce_file_format=True)
    file.seek(0)
    result = ingest_instance(received=ReceivedInstance(file), session=session)
    if result.outcome != Outcome.STORED:
        raise EvidenceRefusedError(f"The archive did not take the {kind.label.lower()}: {result.reason}")
    return Evidence.objects.create(
        study=study,
        kind=kind,
        sop_instance_uid=dataset.SOPInstanceUID,
        series_instance_uid=dataset.SeriesInstanceUID,
        subject=subject,
        content=content,
        author=author,
    )
