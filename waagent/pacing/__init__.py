"""The counters of sends, in Redis."""
