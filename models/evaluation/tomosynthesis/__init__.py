"""What is measured on tomosynthesis, simulated and of data sets."""
