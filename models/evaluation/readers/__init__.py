"""How well people read, alone and with the AI."""
