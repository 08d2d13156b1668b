"""One file a field: each lists the candidate values of a record's field with the signals of each.

Every file has ``candidates(case) -> tuple[Candidate, ...]``; ``choose.py`` picks the weightiest. The
names of the signals are the names of the weights.
"""
