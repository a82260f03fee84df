from datetime import timedelta
from decimal import Decimal
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
# How much work a study of a modality is beside a film; of every other modality it is as much as a film.
DEFAULT_WEIGHTS: dict[str, Decimal] = {"CT": Decimal(2), "MR": Decimal(3), "PT": Decimal(3)}


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
        help_text=_(
            "Studies that are ready to be read are assigned to the readers on duty: first to those whose "
            "subspecialty it is, else to those who read everything; among them to the one with the least waiting "
            "work. Who is on duty, a reader says in the list; what a study weighs, say the reading weights. What a "
            "person has assigned or begun is left alone."
        ),
    )
    stale_claim_minutes = models.PositiveSmallIntegerField(
        default=20,
        validators=[MinValueValidator(2), MaxValueValidator(720)],
        help_text=_(
            "A study goes back to the list when its reader's viewer has not been heard of for so long."
        ),
    )
    stat_back_to_all_minutes = models.PositiveSmallIntegerField(
        _("overdue STAT back to all after, in minutes"),
        default=15,
        validators=[MaxValueValidator(1440)],
        help_text=_(
            "A STAT study that is assigned and not begun is everybody's again so many minutes after its time is "
            "over. Everybody who may read it sees from the first minute that it is overdue."
        ),
    )
    duty_address = models.EmailField(
        blank=True,
        help_text=_(
            "Gets a message when STAT studies become overdue: how many and where, nothing about a patient. No "
            "message is sent where left blank."
        ),
    )
    readers_from = models.ManyToManyField(
        Facility,
        blank=True,
        related_name="+",
        help_text=_(
            "Facilities whose radiologists may be assigned single studies of this one, although they may see "
            "nothing else of it. With the assignment such a reader may open and report that study, until it is "
            "final, cancelled, put back or assigned to somebody else."
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


class ReadingWeight(models.Model):
    """How much work a study of a modality is at a facility, beside the others: what balanced assignment adds up."""

    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="reading_weights")
    modality = models.CharField(max_length=16, help_text=_("Such as CT, as it stands in the images."))
    weight = models.DecimalField(
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(Decimal("0.1"))],
        help_text=_("Beside a film, which is 1. Without an entry CT is 2, MR and PT are 3, all else is 1."),
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "modality"], name="weight_once_per_modality")
        ]

    def __str__(self) -> str:
        return f"{self.modality}: {self.weight}"


class Reader(models.Model):
    """What a radiologist reads at a facility, for lists by subspecialty and for balanced assignment."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reader_profiles")
    facility = models.ForeignKey(Facility, on_delete=models.CASCADE, related_name="readers")
    subspecialties = models.JSONField(default=list, blank=True, help_text=_("Codes; none means everything."))
    is_on_duty = models.BooleanField(
        default=False,
        help_text=_(
            "Gets studies by automatic assignment. Set here it lasts until it is taken away; the reader's own word "
            "in the list lasts for 14 hours."
        ),
    )
    on_duty_since = models.DateTimeField(
        null=True, blank=True, editable=False, help_text=_("When the reader said so himself.")
    )
    share_percent = models.PositiveSmallIntegerField(
        default=100,
        validators=[MinValueValidator(1), MaxValueValidator(300)],
        help_text=_("100 is a full share of the work; 50 is assigned half as much as a colleague with 100."),
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "facility"], name="reader_once_per_facility")]

    def __str__(self) -> str:
        return f"reader {self.user_id} at {self.facility_id}"
