from datetime import timedelta
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility, User
from worklist.models.orders import Priority

DEFAULT_GOALS: dict[Priority, timedelta] = {
    Priority.STAT: timedelta(minutes=30),
    Priority.URGENT: timedelta(hours=1),
    Priority.SEMI_URGENT: timedelta(hours=4),
    Priority.ROUTINE: timedelta(hours=24),
}


class Department(models.Model):
    """How one facility works. A facility without a row works by the defaults."""

    facility = models.OneToOneField(
        Facility, on_delete=models.CASCADE, primary_key=True, related_name="department"
    )
    time_zone = models.CharField(
        max_length=64, blank=True, help_text=_("Such as Europe/Vienna; the system's where left blank.")
    )
    needs_image_check = models.BooleanField(
        default=False,
        help_text=_("Studies go to the reading list only after a technologist has checked the images."),
    )
    assigns_automatically = models.BooleanField(
        default=False,
        help_text=_("Unread studies are assigned to the readers on duty, by subspecialty and load."),
    )
    stale_claim_minutes = models.PositiveSmallIntegerField(
        default=20,
        validators=[MinValueValidator(2), MaxValueValidator(720)],
        help_text=_(
            "A study goes back to the list when its reader's viewer has not been heard of for so long."
        ),
    )

    def __str__(self) -> str:
        return f"department of {self.facility.code}"

    def clean(self) -> None:
        """Refuse a time zone that nobody knows: every page of the facility would fail by it."""
        super().clean()
        if self.time_zone and self.time_zone not in available_timezones():
            raise ValidationError({"time_zone": _("There is no such time zone; write it as Europe/Vienna.")})


class ReadingGoal(models.Model):
    """Within which time a facility wants studies of a priority to be final."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="reading_goals")
    priority = models.PositiveSmallIntegerField(choices=Priority)
    minutes = models.PositiveIntegerField(validators=[MinValueValidator(1)])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "priority"], name="goal_once_per_priority")
        ]

    def __str__(self) -> str:
        return f"{self.get_priority_display()}: {self.minutes} min"


class Reader(models.Model):
    """What a radiologist reads at a facility, for lists by subspecialty and for balanced assignment."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reader_profiles")
    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="readers")
    subspecialties = models.JSONField(default=list, blank=True, help_text=_("Codes; none means everything."))
    is_on_duty = models.BooleanField(default=False)
    share_percent = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(300)],
        help_text=_("100 is a full share."),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "facility"], name="reader_once_per_facility")]

    def __str__(self) -> str:
        return f"reader {self.user_id} at {self.facility_id}"
