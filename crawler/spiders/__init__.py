"""The Scrapy spiders: what is due, listings, and history."""
