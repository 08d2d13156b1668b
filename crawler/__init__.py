"""The world → Page: all reading of the network is in this room."""
