"""Scheduled and performed steps in the words of DICOM."""
