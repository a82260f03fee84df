"""Errors of the audit app."""


class AuditError(Exception):
    """Base of the audit app's errors."""


class AppendOnlyError(AuditError):
    """Something tried to change or remove a record of the audit log."""
