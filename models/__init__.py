"""Everything that turns pixels or facts into a score."""
