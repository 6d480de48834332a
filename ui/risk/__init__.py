"""The risk page: her facts, her absolute risk, and what each term adds."""
