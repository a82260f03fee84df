"""Accession numbers for orders that come without one."""

from django.db import transaction
from django.db.models import F

from accounts.models import Facility
from worklist.models import AccessionCounter, ImagingServiceRequest


@transaction.atomic
def next_accession_number(facility: Facility) -> str:
    """Return the next free number of a facility, such as NORTH-000042.

    At most sixteen characters, which is what modalities keep of it (PS3.5 6.2, SH). The counter's row is held until
    the order is committed, so two orders never get the same one.
    """
    AccessionCounter.objects.get_or_create(facility=facility)
    prefix = facility.code[:8]
    while True:
        AccessionCounter.objects.filter(facility=facility).update(last_number=F("last_number") + 1)
        number = f"{prefix}-{AccessionCounter.objects.get(facility=facility).last_number:06d}"
        if not ImagingServiceRequest.objects.filter(facility=facility, accession_number=number).exists():
            return number
