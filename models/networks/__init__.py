"""Network definitions in torch, one network one file."""
