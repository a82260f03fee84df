"""Errors of the accounts app."""

from enum import StrEnum


class AccountsError(Exception):
    """Base of the accounts app's errors."""


class UserDeletionError(AccountsError):
    """Something tried to remove a user; users are deactivated instead, so that their name is never given again."""


class TokenRequestError(AccountsError):
    """A token cannot be made as it was asked for; the message says why."""


class TokenFault(StrEnum):
    """Why a token is refused."""

    UNKNOWN = "unknown"
    REVOKED = "revoked"
    EXPIRED = "expired"
    DEACTIVATED = "deactivated"


class TokenRefusedError(AccountsError):
    """A token does not open anything."""

    def __init__(self, fault: TokenFault) -> None:
        super().__init__(f"the token is refused: {fault}")
        self.fault = fault
