"""Floor 2: where operators and content staff come in."""
