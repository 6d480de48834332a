"""How well risk is told, on cohorts whose truth is known and on a user's own."""
