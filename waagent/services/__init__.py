"""Use cases, one public method for each verb. They own the transactions."""
