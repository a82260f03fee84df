from django.db import models

from accounts.models import Facility


class AccessionCounter(models.Model):
    """The last number that a facility gave to an order which came without one."""

    facility = models.OneToOneField(Facility, on_delete=models.CASCADE, primary_key=True, related_name="+")
    last_number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.facility_id}: {self.last_number}"
