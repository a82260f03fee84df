"""Plans that reject instances with a coded reason, and that take it back."""

from collections.abc import Collection
from uuid import uuid4

from django.utils.translation import gettext as _

from archive.exceptions import CorrectionError
from archive.models import CorrectionKind, Instance, Plan, PreviewLine, Study
from archive.services.corrections.rows import change_of
from archive.services.corrections.words import counted_images, series_name
from dicomkit.rejection import title_and_reason


def plan_rejection(*, study: Study, sop_instance_uids: Collection[str], reason_code: str) -> Plan:
    """Return the plan that hides instances of a study; they are kept, and a note says why.

    Parameters
    ----------
    reason_code
        A DCM code of `dicomkit.rejection`.

    Raises
    ------
    CorrectionError
        There is no such reason, or an instance is not there to reject.
    """
    try:
        title, quality = title_and_reason(reason_code)
    except KeyError:
        raise CorrectionError(_("Choose a reason from the list.")) from None
    found = _instances(study, sop_instance_uids, is_rejected=False)
    uid = str(uuid4())
    left = study.number_of_study_related_instances - len(found)
    notes = (
        [] if left else [_("Nothing of this study is left to show: it goes out of the lists, and is kept.")]
    )
    reason = f"{title.meaning}: {quality.meaning}" if quality else title.meaning
    return Plan(
        correction_uid=uid,
        kind=CorrectionKind.REJECT,
        studies={study.study_instance_uid: study.revision},
        changes=tuple(
            change for one in found for change in change_of(one, rejection={"correction_uid": uid})
        ),
        lines=(
            *lines_by_series(found, _("shown"), _("rejected")),
            PreviewLine(_("Images of the study"), str(study.number_of_study_related_instances), str(left)),
            PreviewLine(_("Reason, as in the note"), "", reason),
        ),
        notes=(_("A rejection note (key object) is stored with the study."), *notes),
    )


def plan_restoring(*, study: Study, sop_instance_uids: Collection[str]) -> Plan:
    """Return the plan that shows rejected instances of a study again.

    Raises
    ------
    CorrectionError
        An instance is not rejected.
    """
    found = _instances(study, sop_instance_uids, is_rejected=True)
    now = study.number_of_study_related_instances
    return Plan(
        correction_uid=str(uuid4()),
        kind=CorrectionKind.RESTORE,
        studies={study.study_instance_uid: study.revision},
        changes=tuple(change for one in found for change in change_of(one, rejection=None)),
        lines=(
            *lines_by_series(found, _("rejected"), _("shown")),
            PreviewLine(_("Images of the study"), str(now), str(now + len(found))),
        ),
    )


def _instances(study: Study, uids: Collection[str], *, is_rejected: bool) -> list[Instance]:
    found = list(
        Instance.kept.filter(
            series__study=study, sop_instance_uid__in=set(uids), rejection__isnull=not is_rejected
        )
        .select_related("series", "rejection")
        .order_by("series__series_number", "series_id", "instance_number", "pk")
    )
    if not found:
        raise CorrectionError(_("Choose at least one image."))
    if len(found) != len(set(uids)):
        raise CorrectionError(_("Some of these images are not there any more. Look at the study again."))
    return found


def lines_by_series(instances: Collection[Instance], before: str, after: str) -> list[PreviewLine]:
    """Return how many images of each series change, in the words of the preview."""
    by_series: dict[int, list[Instance]] = {}
    for one in instances:
        by_series.setdefault(one.series_id, []).append(one)
    return [
        PreviewLine(series_name(group[0].series), f"{counted_images(len(group))}, {before}", after)
        for group in by_series.values()
    ]
