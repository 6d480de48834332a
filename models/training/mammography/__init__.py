"""Networks for mammograms: patches, and whole views by multiple instances."""
