"""One thread for the model and the training, and the training script in reach of its tests."""

from __future__ import annotations

import os
import sys
from pathlib import Path

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "scripts"))
