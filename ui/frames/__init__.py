"""What is told and kept of one frame, on whatever page."""
