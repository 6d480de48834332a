"""Objects that Senoscope writes, as DICOM wants them."""
