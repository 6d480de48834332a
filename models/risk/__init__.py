"""Risk from what is known of a woman, from her images, and from both."""
