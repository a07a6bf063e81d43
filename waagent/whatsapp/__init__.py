"""The WhatsApp adapter: linked numbers through neonize, kept behind plain types of ours.

Only ``gateway`` imports neonize, and only a process made for it may import ``gateway`` (see
``docs/explanation/neonize.md``). Everything else here can be imported anywhere.
"""
