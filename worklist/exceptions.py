"""What the worklist refuses."""


class WorklistError(Exception):
    """Something is not possible; the message tells the user why and what to do."""


class TransitionError(WorklistError):
    """An action that is not possible in the present status."""

    def __init__(self, action: str, status: str) -> None:
        super().__init__(f"“{action}” is not possible while the status is “{status}”.")


class ClaimedByOtherError(WorklistError):
    """Somebody else reads the study."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is reading this study. Take it over with a reason, or choose another one.")
        self.name = name


class ChangedMeanwhileError(WorklistError):
    """What was to be changed has changed since it was read."""

    def __init__(self) -> None:
        super().__init__("This has changed in the meantime. Look at it again and repeat what is still right.")


class NotYoursError(WorklistError):
    """Only the reader who has claimed a study ends its reading."""

    def __init__(self) -> None:
        super().__init__("You are not reading this study. Claim it first.")


class ReasonMissingError(WorklistError):
    """Something that is done only for a reason was asked for without one."""


class OrderError(WorklistError):
    """An order that cannot be taken as it is."""


class AlreadyMatchedError(WorklistError):
    """A study or a requested procedure that belongs to another one already."""
