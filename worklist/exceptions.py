"""What the worklist refuses."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _


class WorklistError(Exception):
    """Something is not possible; the message tells the user why and what to do."""


class TransitionError(WorklistError):
    """An action that is not possible in the present status."""

    def __init__(self, action: str | Promise, status: str | Promise) -> None:
        refusal = _("“%(action)s” is not possible while the status is “%(status)s”.")
        super().__init__(refusal % {"action": action, "status": status})


class ClaimedByOtherError(WorklistError):
    """Somebody else reads the study."""

    def __init__(self, name: str) -> None:
        refusal = _("%(name)s is reading this study. Take it over with a reason, or choose another one.")
        super().__init__(refusal % {"name": name})
        self.name = name


class ChangedMeanwhileError(WorklistError):
    """What was to be changed has changed since it was read."""

    def __init__(self) -> None:
        super().__init__(
            _("This has changed in the meantime. Look at it again and repeat what is still right.")
        )


class NotYoursError(WorklistError):
    """Only the reader who has claimed a study ends its reading."""

    def __init__(self) -> None:
        super().__init__(_("You are not reading this study. Claim it first."))


class ReasonMissingError(WorklistError):
    """Something that is done only for a reason was asked for without one."""


class OrderError(WorklistError):
    """An order that cannot be taken as it is."""


class AlreadyMatchedError(WorklistError):
    """A study or a requested procedure that belongs to another one already."""


class KnownPerformedStepError(WorklistError):
    """A performed procedure step was announced under the UID of another one."""

    def __init__(self) -> None:
        super().__init__("A performed procedure step with this UID exists already.")


class PerformedStepAttributeError(WorklistError):
    """A report of a modality lacks an attribute, or has a value that is not possible."""

    def __init__(self, keyword: str, *, is_missing: bool) -> None:
        super().__init__(f"{keyword} is {'missing' if is_missing else 'not possible'}.")
        self.is_missing = is_missing
