"""Floor 2: what the product calls: Redis, the assistant, the vault; each with a memory twin."""
