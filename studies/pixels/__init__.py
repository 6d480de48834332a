"""From stored bytes to grey and colour."""
