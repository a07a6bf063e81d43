"""``waagent bench``: measuring waagent on the machine it is to run on, against its sandbox."""
