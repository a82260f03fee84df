"""What is refused of a message."""


class MessageError(Exception):
    """A message that is not taken; the text goes back to its sender."""


class UnreadableMessageError(MessageError):
    """Something that is no HL7 message; nobody can be answered by name."""


class UnknownSenderError(MessageError):
    """A system that is not registered, or calls from another address than it should."""


class UnsupportedMessageError(MessageError):
    """A message of a kind that nothing here acts on."""
