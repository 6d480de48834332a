"""What is measured on mammograms, simulated ones and data sets."""
