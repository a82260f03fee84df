"""Studies that belong to no order yet, paged by key."""

from dataclasses import dataclass

from django.db.models import Q

from archive.access import correctable_studies
from archive.models import Study
from worklist.access import Visitor
from worklist.suggestions import Suggestion, suggestions_for

PAGE_ROWS = 20


@dataclass(frozen=True)
class UnmatchedStudy:
    """A study without an order, and the orders that it may belong to."""

    study: Study
    suggestions: list[Suggestion]


@dataclass(frozen=True)
class UnmatchedPage:
    """One page, the latest first; ``after_uid`` names the row after which the next one begins."""

    rows: list[UnmatchedStudy]
    after_uid: str


def unmatched_page(user: Visitor, *, after_uid: str = "") -> UnmatchedPage:
    """Return studies that have no order and were not declared to need none, which the user may put right."""
    studies = correctable_studies(user).filter(
        is_withdrawn=False,
        requested_procedure__isnull=True,
        reading__isnull=False,
        reading__is_order_waived=False,
    )
    anchor = correctable_studies(user).filter(study_instance_uid=after_uid).first() if after_uid else None
    if anchor:
        studies = studies.filter(
            Q(study_moment__lt=anchor.study_moment) | Q(study_moment=anchor.study_moment, pk__lt=anchor.pk)
        )
    found = list(
        studies.select_related("facility__department", "reading").order_by("-study_moment", "-pk")[
            : PAGE_ROWS + 1
        ]
    )
    shown = found[:PAGE_ROWS]
    rows = [UnmatchedStudy(study, suggestions_for(study, at_most=4)) for study in shown]
    return UnmatchedPage(rows, shown[-1].study_instance_uid if len(found) > PAGE_ROWS else "")
