"""The web chat: one page, posts in, server-sent events out."""
