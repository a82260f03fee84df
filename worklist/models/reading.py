from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility, User
from archive.models import Study
from worklist.models.orders import PatientClass, Priority
from worklist.states import ReadingAction, ReadingStatus


class Assignment(models.TextChoices):
    """Who decided for whom a study is to be read."""

    UNDECIDED = "", _("Nobody yet")
    AUTOMATIC = "automatic", _("By load and subspecialty")
    BY_HAND = "by_hand", _("By a person")
    OPEN_TO_ALL = "open_to_all", _("Left to everybody")


class ReadingTask(models.Model):
    """That a study is to be read: how far that has come, how soon, for whom, and by whom.

    Every study has one from its first image on. Nothing that the lists sort by is ever null.
    """

    study = models.OneToOneField(Study, on_delete=models.CASCADE, primary_key=True, related_name="reading")
    facility = models.ForeignKey(Facility, on_delete=models.PROTECT, related_name="reading_tasks")
    status = models.CharField(max_length=16, choices=ReadingStatus, default=ReadingStatus.IN_PROGRESS)
    status_rank = models.GeneratedField(
        expression=models.Case(
            *[
                models.When(status=status, then=models.Value(rank))
                for rank, status in enumerate(ReadingStatus.values)
            ],
            default=models.Value(len(ReadingStatus.values)),
            output_field=models.PositiveSmallIntegerField(),
        ),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
        help_text="The place of the status on the way, for sorting.",
    )
    status_since = models.DateTimeField()
    priority = models.PositiveSmallIntegerField(choices=Priority, default=Priority.ROUTINE)
    patient_class = models.CharField(max_length=1, choices=PatientClass, blank=True)
    modality = models.CharField(
        max_length=16, blank=True, help_text=_("The one by which the study is counted.")
    )
    subspecialty = models.CharField(max_length=24, blank=True)
    clock_started_at = models.DateTimeField(
        help_text=_("Completion of the examination; the first image until then.")
    )
    due_at = models.DateTimeField(
        help_text=_("When it is outside the goal of its facility for its priority.")
    )
    escalated_at = models.DateTimeField(null=True, blank=True)

    assigned_to = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="assigned_reading_tasks"
    )
    assignment = models.CharField(
        max_length=12,
        choices=Assignment,
        blank=True,
        default=Assignment.UNDECIDED,
        help_text=_("Automatic assignment changes only what nobody has decided, and what it decided itself."),
    )
    reader_name = models.CharField(
        max_length=150,
        blank=True,
        help_text=_("Who reads it, else who is to; for sorting and without a query."),
    )
    referring_physician_key = models.CharField(
        max_length=324,
        blank=True,
        help_text=_("Of the order, else of the images; folded for searching and sorting."),
    )
    claimed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="claimed_reading_tasks"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_from = models.CharField(
        max_length=16,
        choices=ReadingStatus,
        blank=True,
        help_text=_("The status to which putting back leads."),
    )
    claim_seen_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the reader's viewer last said that it is open.")
    )
    is_suspended = models.BooleanField(
        default=False, help_text=_("Kept for its reader, who is reading something else.")
    )
    suspended_layout = models.JSONField(
        null=True, blank=True, help_text=_("What the viewer showed, by its own account.")
    )

    technologist_note = models.TextField(
        blank=True, help_text=_("What the reader should know of the examination.")
    )
    is_order_waived = models.BooleanField(
        default=False,
        help_text=_("Somebody has decided that it needs no order, such as images from elsewhere."),
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    first_claimed_at = models.DateTimeField(null=True, blank=True)
    preliminary_at = models.DateTimeField(null=True, blank=True)
    preliminary_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="preliminary_reading_tasks"
    )
    final_at = models.DateTimeField(null=True, blank=True)
    final_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="final_reading_tasks"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    status=ReadingStatus.BEING_READ,
                    claimed_by__isnull=False,
                    claimed_at__isnull=False,
                    claim_seen_at__isnull=False,
                )
                & ~models.Q(claimed_from="")
                | ~models.Q(status=ReadingStatus.BEING_READ)
                & models.Q(
                    claimed_by__isnull=True, claimed_at__isnull=True, claimed_from="", is_suspended=False
                ),
                name="reading_is_claimed_while_being_read",
            ),
        ]
        indexes = [
            models.Index(
                fields=["facility", "status", "priority", "due_at", "study"], name="reading_in_order"
            ),
            models.Index(fields=["status", "priority", "due_at", "study"], name="reading_by_status"),
            models.Index(fields=["priority", "due_at", "study"], name="reading_by_urgency"),
            models.Index(fields=["status_rank", "study"], name="reading_by_rank"),
            # With the readers themselves, so that the studies of one are found in this order from the index alone.
            models.Index(
                fields=["reader_name", "study", "assigned_to", "claimed_by"], name="reading_by_reader"
            ),
            models.Index(fields=["subspecialty", "study"], name="reading_by_subspecialty"),
            models.Index(fields=["patient_class", "study"], name="reading_by_patient_class"),
            models.Index(fields=["facility", "study"], name="reading_by_facility"),
            models.Index(fields=["referring_physician_key", "study"], name="reading_by_physician"),
            # PostgreSQL compares a beginning by this index; the one before it serves SQLite, and sorting.
            models.Index(
                fields=["referring_physician_key"],
                name="reading_by_physician_beginning",
                opclasses=["varchar_pattern_ops"],
            ),
            models.Index(fields=["due_at", "study"], name="reading_by_due_time"),
            models.Index(fields=["assigned_to", "status"], name="reading_by_assignment"),
            models.Index(fields=["claimed_by", "claim_seen_at"], name="reading_by_claim"),
            models.Index(fields=["facility", "final_at"], name="reading_by_final_time"),
        ]

    def __str__(self) -> str:
        return f"study {self.study_id}: {self.get_status_display()}"


class ReadingEvent(models.Model):
    """One thing that happened to a study on its way; never changed. Also what handing over is reconstructed from."""

    task = models.ForeignKey(ReadingTask, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    action = models.CharField(
        max_length=24, help_text=_("A reading action, or 'assign', 'take_over', 'priority' …")
    )
    status_before = models.CharField(max_length=16, choices=ReadingStatus)
    status_after = models.CharField(max_length=16, choices=ReadingStatus)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["task", "at", "id"], name="reading_event_in_order")]

    def __str__(self) -> str:
        return f"{self.action} of study {self.task_id}"

    @property
    def action_label(self) -> str:
        """The words for the action."""
        return str(ReadingAction(self.action).label) if self.action in ReadingAction.values else self.action


class ReadingGrant(models.Model):
    """That somebody may see and report a study only because it is assigned to him.

    It holds the rights that the assignment gave, and no others, so that its end takes away no more than it brought.
    """

    task = models.ForeignKey(ReadingTask, on_delete=models.CASCADE, related_name="grants")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reading_grants")
    codenames = models.JSONField(default=list)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "user"], name="granted_once")]

    def __str__(self) -> str:
        return f"study {self.task_id} for {self.user_id}"


class SkippedTask(models.Model):
    """A study that a reader passed over in the list for now; it comes last for that reader until it is read."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    task = models.ForeignKey(ReadingTask, on_delete=models.CASCADE, related_name="skips")
    skipped_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "task"], name="skipped_once")]

    def __str__(self) -> str:
        return f"study {self.task_id} skipped by {self.user_id}"
