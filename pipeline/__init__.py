"""Page → Outcome: pure functions, no network, no database, no clock."""
