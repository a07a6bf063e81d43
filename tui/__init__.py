"""The lead board: a terminal front end that calls the services and nothing below them."""
