"""Every text a person meets on a page, in each language."""
