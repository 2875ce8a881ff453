"""The language pipeline of the assistant: pure functions first, the Rasa components around them."""
