"""One lesion over many frames, and over many sweeps."""
