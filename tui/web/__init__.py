"""The board in a browser: a login of our own before textual-serve, a process for each visitor."""
