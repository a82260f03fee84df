from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from archive.models.study import Study
from common.models import TimestampedModel


class Series(TimestampedModel):
    """A series of a study."""

    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="series")
    series_instance_uid = models.CharField(max_length=64, unique=True)
    modality = models.CharField(max_length=16, blank=True)
    series_number = models.IntegerField(null=True, blank=True)
    series_description = models.CharField(max_length=128, blank=True)
    body_part_examined = models.CharField(max_length=32, blank=True)
    laterality = models.CharField(max_length=16, blank=True)
    protocol_name = models.CharField(max_length=128, blank=True)
    station_name = models.CharField(max_length=64, blank=True)
    manufacturer = models.CharField(max_length=128, blank=True)
    manufacturer_model_name = models.CharField(max_length=128, blank=True)
    institution_name = models.CharField(max_length=128, blank=True)
    performed_procedure_step_start_date = models.DateField(null=True, blank=True)
    performed_procedure_step_start_time = models.TimeField(null=True, blank=True)
    # The first item of the Request Attributes Sequence, which a search by series must be able to match.
    requested_procedure_id = models.CharField(max_length=64, blank=True)
    scheduled_procedure_step_id = models.CharField(max_length=64, blank=True)
    number_of_series_related_instances = models.PositiveIntegerField(default=0)
    # By keyword, what its files say where that was corrected here; the columns hold what is right.
    received_attributes = models.JSONField(default=dict, db_default=Value({}, models.JSONField()), blank=True)
    is_withdrawn = models.BooleanField(
        default=False, db_default=False, help_text="All of it was rejected or moved away; kept, not shown."
    )

    class Meta:
        verbose_name_plural = _("series")
        indexes = [
            models.Index(fields=["study", "series_number", "id"], name="series_in_order"),
            models.Index(fields=["modality", "study"], name="series_by_modality"),
        ]

    def __str__(self) -> str:
        return self.series_instance_uid
