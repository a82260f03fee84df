"""What open pages ask so that nothing urgent is overlooked."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from audit.decorators import not_audited
from worklist.alarms import OVERDUE_STAT_QUERY, count_overdue_stat
from worklist.views.http import private, user_of


@require_GET
@not_audited("A number of studies names none of them.")
@requires(None)
def overdue_stat(request: HttpRequest) -> HttpResponseBase:
    """Return how many overdue STAT studies wait for somebody like the user, and the list that holds them."""
    url = f"{reverse('worklist:list')}?{OVERDUE_STAT_QUERY}"
    return private({"count": count_overdue_stat(user_of(request)), "list_url": url})
