"""The systems that may send us messages, and what they have sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Facility


class Sender(models.Model):
    """A RIS or HIS that sends orders and patients for one facility, by the names in its messages."""

    sending_application = models.CharField(_("sending application"), max_length=64, help_text="MSH-3.")
    sending_facility = models.CharField(_("sending facility"), max_length=64, blank=True, help_text="MSH-4.")
    address = models.GenericIPAddressField(_("address"), help_text=_("The IP address that it calls from."))
    facility = models.ForeignKey(
        Facility,
        on_delete=models.PROTECT,
        related_name="hl7_senders",
        help_text=_("To which its orders belong."),
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sending_application", "sending_facility"], name="hl7_sender_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.sending_application} at {self.sending_facility or self.address}"


class Answer(models.TextChoices):
    """The acknowledgement code (HL7 table 0008)."""

    ACCEPTED = "AA", _("Accepted")
    ERROR = "AE", _("Not possible")
    REJECTED = "AR", _("Not supported")


class ReceivedMessage(models.Model):
    """One message of a sender with the answer that it got; the same message again gets the same answer.

    The text is kept because it is the only proof of what was ordered. It holds patient data.
    """

    sender = models.ForeignKey(Sender, on_delete=models.PROTECT, related_name="messages")
    control_id = models.CharField(max_length=199, help_text="MSH-10.")
    message_type = models.CharField(max_length=20)
    text = models.TextField()
    answer = models.CharField(max_length=2, choices=Answer)
    reason = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sender", "control_id"], name="hl7_message_answered_once")
        ]
        indexes = [models.Index(fields=["sender", "-received_at"], name="hl7_message_by_sender")]

    def __str__(self) -> str:
        return f"{self.message_type} {self.control_id}: {self.answer}"
