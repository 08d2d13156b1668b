"""Tests of the crawl: pure parts by themselves, the rest against real servers on loopback."""
