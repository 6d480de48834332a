"""What is known of a woman, from tables, FHIR, DICOM and other programs."""
