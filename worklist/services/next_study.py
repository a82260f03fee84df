"""The next study for a reader, claimed in the same moment: STAT first, then by assignment, priority and time due."""

from django.db.models import Case, Exists, OuterRef, Q, When

from accounts.models import User
from archive.models import Study
from worklist.access import readable_studies
from worklist.built_in import UNREAD, of_subspecialties
from worklist.exceptions import ChangedMeanwhileError, ClaimedByOtherError, TransitionError
from worklist.models import Priority, SkippedTask
from worklist.services.reading import claim

# Others may take each of the first ones before us; after so many the reader presses again.
_TRIES = 20


def claim_next(*, user: User, except_uid: str = "") -> Study | None:
    """Claim what the user should read next, and return it; None where nothing is left.

    What is assigned to somebody else stays theirs. STAT comes first, whoever it is for; then the user's own
    assignments, his subspecialties, and everything else; within each by priority and the time due. What he has
    skipped comes last.

    Parameters
    ----------
    except_uid
        The study that the user comes from.
    """
    # Who has no profile reads everything alike.
    own_subspecialties = of_subspecialties(user) or Q(pk__in=[])
    skipped = SkippedTask.objects.filter(user=user, task=OuterRef("pk"))
    candidates = (
        readable_studies(user)
        .filter(UNREAD, Q(reading__assigned_to=user) | Q(reading__assigned_to__isnull=True))
        .exclude(study_instance_uid=except_uid)
        .annotate(
            is_skipped=Exists(skipped),
            rank=Case(
                When(reading__priority=Priority.STAT, then=0),
                When(reading__assigned_to=user, then=1),
                When(own_subspecialties, then=2),
                default=3,
            ),
        )
        .order_by("is_skipped", "rank", "reading__priority", "reading__due_at", "pk")
    )
    for study in candidates[:_TRIES]:
        try:
            claim(study=study, user=user)
        except (ClaimedByOtherError, ChangedMeanwhileError, TransitionError):
            continue
        return study
    return None
