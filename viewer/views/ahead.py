"""A reader's page says which study comes next, so that its pictures are there when it is opened."""

import redis
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.decorators import requires
from archive.selectors import find_study
from audit.decorators import not_audited
from viewer.services.ahead import render_study_ahead


@require_POST
@not_audited("Nothing of the study is shown; its opening is recorded when somebody opens it.")
@requires(None)
def ahead(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Have a study rendered ahead: 204, also where that cannot be done now, because nobody waits for it."""
    study = find_study(request.user, study_instance_uid)
    if study is None:
        raise Http404
    try:
        render_study_ahead(study)
    except redis.RedisError:
        return HttpResponse(status=204)
    return HttpResponse(status=204)
