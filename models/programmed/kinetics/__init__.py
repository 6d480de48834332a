"""How contrast comes and goes: enhancement by phase, curve types, and models of exchange."""
