"""The review page's session and routes."""
