"""Writes to the register of application entities; each atomic and recorded in the audit log."""
