"""The quick look: a study at a glance, beside the list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.decorators import requires
from audit.decorators import audited, describe
from audit.vocabulary import EventType
from worklist.access import may_correct
from worklist.quick_look import quick_look_of
from worklist.views.http import study_of


@require_GET
@audited(EventType.QUERY)
@requires(None)
def quick_look(request: HttpRequest, study_instance_uid: str) -> HttpResponse:
    """Return a study at a glance: series, order, notes, dose, the patient's other studies and what was reported."""
    study = study_of(request, study_instance_uid)
    look = quick_look_of(request.user, study)
    describe(
        request,
        patient_id=study.patient_id,
        issuer_of_patient_id=study.issuer_of_patient_id,
        study_instance_uid=study_instance_uid,
        facility_code=study.facility.code,
        details={"list": "quick look", "studies": len(look.timeline)},
    )
    context = {
        "study": study,
        "look": look,
        "task": getattr(look.own.study, "reading", None) if look.own else None,
        "may_correct": may_correct(request.user, study),
    }
    response = render(request, "worklist/quick_look.html", context)
    response["Cache-Control"] = "private, no-store"
    return response
