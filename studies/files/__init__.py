"""From a folder or a zip to headers that can be trusted."""
