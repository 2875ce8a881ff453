"""The assistant's custom actions, one file a theme. They decide by names of intents and slots, never by words.

They run in a process of their own beside Rasa and know only bot.core; what they say are ids of phrases.
"""
