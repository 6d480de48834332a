"""What learns to read breast MRI."""
