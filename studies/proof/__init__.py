"""The log of what was said of exams, and what became of them."""
