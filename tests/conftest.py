"""What holds for all tests."""

from hypothesis import settings

# Machines differ, and a test is not wrong because one is busy.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
