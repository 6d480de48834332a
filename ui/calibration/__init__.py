"""The calibration page's session and routes, and the site's own fit."""
