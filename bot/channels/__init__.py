"""Floor 2: where people come in."""
