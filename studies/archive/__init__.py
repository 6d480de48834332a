"""Archives of very many studies: found one by one, read once each, by many workers."""
