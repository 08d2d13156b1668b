"""One file for each command, or for a few that belong together.

What a command needs it imports when it runs, so that ``--help`` is there at once.
"""
