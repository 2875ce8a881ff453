"""The assistant's custom actions: what an answer needs beyond a rule. They see bot.core and the directory only.

They run beside Rasa on CPython 3.10 (``python -m actions``). One file a theme.
"""
