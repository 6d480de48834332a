"""One patient's findings across her studies."""
