"""What nobody may overlook: STAT studies that are outside their goal and that nobody has begun."""

from django.utils import timezone

from accounts.models import User
from worklist.access import readable_studies
from worklist.criteria import Criteria
from worklist.matching_studies import matching
from worklist.models import Priority

# Counting further tells nobody more.
_ENOUGH = 100
# As the list of that address has it, so that who follows the link finds as many.
OVERDUE_STAT = Criteria(list_key="unread", priorities=(int(Priority.STAT),), is_overdue=True)
OVERDUE_STAT_QUERY = f"list=unread&priority={int(Priority.STAT)}&overdue=1"


def count_overdue_stat(user: User) -> int:
    """Return how many of them the user may read, a hundred at most."""
    studies = matching(readable_studies(user), OVERDUE_STAT, user=user, today=timezone.localdate())
    return studies.order_by()[:_ENOUGH].count()
