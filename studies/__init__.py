"""Studies as hospitals keep them: what DICOM files say."""
