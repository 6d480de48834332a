"""What is missing in a study, or contradicts itself."""
