"""The only wiring: settings, the command line, logs, the demo."""
