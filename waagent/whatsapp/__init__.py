"""The WhatsApp adapter: linked numbers through neonize, kept behind plain types of ours.

Only ``library`` imports neonize, and ``operations`` and ``gateway`` import ``library``: only in a
process made for it (see ``docs/explanation/neonize.md``). Everything else here can be imported
anywhere.
"""
