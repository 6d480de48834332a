"""What reads a study, one file a mode."""
