"""What one file shows, and the series it belongs to."""
