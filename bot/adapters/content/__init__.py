"""The content as files and drafts: functions over a tree (`root`) that holds ``nlu_data/`` and ``locales/``.

Every change is made by lines: an untouched file stays byte for byte the same, and a difference shows what changed.
"""
