"""Writes to accounts, facilities, memberships and shares; each atomic and recorded in the audit log."""
