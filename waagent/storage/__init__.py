"""PostgreSQL: migrations, named queries, scoped transactions. Only here is psycopg imported."""
