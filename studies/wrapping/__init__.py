"""Pictures that are no DICOM yet, simulated or given, put into DICOM images."""
