"""What the database knows, as pages, feeds and an API."""
