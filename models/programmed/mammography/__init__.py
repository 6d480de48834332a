"""What is read off a mammogram by features that a person chose."""
