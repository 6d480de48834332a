"""Where frames come from, each behind the same Protocol."""
