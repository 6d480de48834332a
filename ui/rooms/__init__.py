"""Rooms that share a store: what each tells of itself, and the page that shows them."""
