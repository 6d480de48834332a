"""An exam written to a file while it runs, and read back."""
