"""DICOM without the person."""
