"""The live page's session and routes."""
