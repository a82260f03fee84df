"""Errors of the accounts app."""


class AccountsError(Exception):
    """Base of the accounts app's errors."""


class UserDeletionError(AccountsError):
    """Something tried to remove a user; users are deactivated instead, so that their name is never given again."""
