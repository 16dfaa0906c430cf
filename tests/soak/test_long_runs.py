"""The long random run: fresh seeds for as long as ``SECONDS_OF_SOAK`` says (``make soak``).

Every subnet is new, so this finds what the fixed seeds of ``make test`` do not. A failure prints the
seed; ``any_subnet(seed)`` makes it again.
"""

from __future__ import annotations

import os
import secrets
import time

import naive
from subnets import any_subnet

from bittensor_lab.epoch import next_inputs, run_epoch, trace_epoch

SECONDS = float(os.environ.get("SECONDS_OF_SOAK", "60"))


def test_fresh_subnets_give_what_the_naive_epoch_gives():
    seed = secrets.randbelow(2**40)
    print(f"\nfirst seed {seed}, {SECONDS:.0f} s")
    end, epochs = time.monotonic() + SECONDS, 0
    while time.monotonic() < end:
        inputs = any_subnet(seed)
        for _ in range(3):  # bonds feed back into the next epoch
            expected = naive.epoch(inputs)
            for terms in (run_epoch(inputs), trace_epoch(inputs).terms):
                for name, values in expected.items():
                    got = terms.bonds.to_lists() if name == "bonds" else getattr(terms, name).tolist()
                    assert got == values, f"seed {seed}, {name}"
            inputs = next_inputs(inputs, terms)
            epochs += 1
        seed += 1
    print(f"{epochs} epochs of {epochs // 3} subnets, all equal")
    assert epochs >= 30
