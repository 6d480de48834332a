"""How the exam store's tables came to be, run by Alembic."""
