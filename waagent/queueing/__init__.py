"""Redis: the job queues of RQ, the clock of rq-scheduler, and the stream of a pairing."""
