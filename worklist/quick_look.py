"""What a reader wants to know before opening a study: why it was made, what was noted, what was said before."""

from collections.abc import Sequence
from dataclasses import dataclass

from archive.models import Study
from archive.selectors import study_traits
from dicomkit.priors import rank_priors
from dicomkit.sr.dose import DoseValue
from worklist.access import Visitor
from worklist.examination import dose_of
from worklist.models import RequestedProcedure
from worklist.series_rows import SeriesRow, series_rows
from worklist.timeline import TimelineStudy, timeline_of

# More are behind the timeline; nobody reads more before the first image.
_MOST_PRIORS = 3


@dataclass(frozen=True)
class QuickLook:
    """A study at a glance.

    Attributes
    ----------
    procedure
        What was ordered, if there is an order and the reader may see it.
    timeline
        All studies of the person that the reader may see.
    own, priors
        The study itself on that line, and the earlier ones that help most to read it, the most helpful first.
    """

    series: list[SeriesRow]
    procedure: RequestedProcedure | None
    doses: list[DoseValue]
    timeline: list[TimelineStudy]
    own: TimelineStudy | None
    priors: list[TimelineStudy]


def quick_look_of(user: Visitor, study: Study) -> QuickLook:
    """Return a study that the user may see at a glance. Costs the same however many priors there are."""
    timeline = timeline_of(user, study.patient_record_id)
    own = next((entry for entry in timeline if entry.study.pk == study.pk), None)
    return QuickLook(
        series=series_rows(study),
        procedure=own.procedure if own else None,
        doses=[total for report in dose_of(study) for total in report.totals],
        timeline=timeline,
        own=own,
        priors=_relevant_priors(study, timeline),
    )


def _relevant_priors(study: Study, timeline: Sequence[TimelineStudy]) -> list[TimelineStudy]:
    entries = {entry.study.study_instance_uid: entry for entry in timeline}
    traits = study_traits([entry.study for entry in timeline])
    current = traits.get(study.study_instance_uid)
    ranked = rank_priors(current, traits.values()) if current else []
    return [entries[one.study_instance_uid] for one in ranked[:_MOST_PRIORS]]
