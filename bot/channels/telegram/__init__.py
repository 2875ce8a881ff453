"""Telegram: updates in, calls out, through the durable inbox and outbox only."""
