"""The exam store: studies, readings, decisions and who did what, kept on disk."""
