"""Places to look at again on tomosynthesis, by programs that a person wrote."""
