"""The processes: session hosts, pairing, jobs, the scheduler, and ``up``, which runs them all."""
