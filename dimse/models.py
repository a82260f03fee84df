"""The application entities that may call us, and what each may do."""

from enum import StrEnum
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility
from dimse.hosts import normal_host, validate_host

# PS3.5 6.2, AE: at most 16 characters of the default repertoire, no backslash and no control character; spaces
# around it mean nothing and are not stored.
validate_ae_title = RegexValidator(
    r"\A[!-\[\]-~](?:[ -\[\]-~]{0,14}[!-\[\]-~])?\Z",
    _("Enter 1 to 16 ASCII characters without a backslash."),
)


def is_ae_title(text: str) -> bool:
    """Tell whether a text, without the spaces around it, may be an AE title; a database may refuse other text."""
    try:
        validate_ae_title(text)
    except ValidationError:
        return False
    return True


class Right(StrEnum):
    """What an application entity may ask of us. None implies another."""

    STORE = "store"
    QUERY = "query"
    RETRIEVE = "retrieve"
    WORKLIST = "worklist"


COLUMN_OF: dict[Right, str] = {
    Right.STORE: "may_store",
    Right.QUERY: "may_query",
    Right.RETRIEVE: "may_retrieve",
    Right.WORKLIST: "may_use_worklist",
}


class ApplicationEntity(models.Model):
    """A device or system that speaks DICOM with us, for one facility.

    Written by ``dimse.services.peers`` only, which records each change.
    """

    ae_title = models.CharField(
        _("AE title"),
        max_length=16,
        unique=True,
        validators=[validate_ae_title],
        error_messages={"unique": "An application entity with that title exists already."},
        help_text=_("As the device sends it; upper and lower case differ."),
    )
    host = models.CharField(
        max_length=253,
        validators=[validate_host],
        help_text=_("The IP address or host name that it calls from, and under which it can be reached."),
    )
    port = models.PositiveIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
        help_text=_("Where it listens; not used for what it sends."),
    )
    facility = models.ForeignKey(
        Facility,
        on_delete=models.PROTECT,
        related_name="application_entities",
        help_text=_("To which the studies that it sends belong."),
    )
    may_store = models.BooleanField(_("may store"), default=False)
    may_query = models.BooleanField(_("may query"), default=False)
    may_retrieve = models.BooleanField(_("may retrieve"), default=False)
    may_use_worklist = models.BooleanField(_("may use the worklist"), default=False)
    is_active = models.BooleanField(_("active"), default=True, help_text=_("An inactive entity is refused."))
    description = models.CharField(max_length=200, blank=True, help_text=_("Room, maker, whom to call."))
    last_seen_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["ae_title"]
        verbose_name_plural = _("application entities")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~models.Q(ae_title=""), name="ae_title_not_empty"),
            models.CheckConstraint(condition=~models.Q(host=""), name="ae_host_not_empty"),
            models.CheckConstraint(condition=models.Q(port__gte=1, port__lte=65535), name="ae_port_in_range"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["facility", "ae_title"], name="ae_by_facility"),
        ]

    def __str__(self) -> str:
        return f"{self.ae_title} ({self.host}:{self.port})"

    @property
    def rights(self) -> frozenset[Right]:
        """What it may ask of us."""
        return frozenset(right for right, column in COLUMN_OF.items() if getattr(self, column))

    def clean(self) -> None:
        """Bring title and host into their stored form."""
        super().clean()
        self.ae_title = self.ae_title.strip(" ")
        self.host = normal_host(self.host)
