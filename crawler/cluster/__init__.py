"""A crawl by many workers: a frontier in Redis that all of them share.

    seed:  sources to be asked, pages that wait ──→ Redis: duplicate filter → a queue a host
    work:  lease of a host → tasks → fetch → read → database ──→ acknowledged in Redis

The database knows what is to be done and what was done; Redis only says who does it now. Whatever Redis
loses, the next crawl finds again in the database.
"""
