"""The page of one patient across her studies."""
