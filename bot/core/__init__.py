"""Floor 0: the words and rules of the helpline, on the standard library alone.

Also read by the actions on CPython 3.10, so nothing newer than 3.10 is used here.
"""
