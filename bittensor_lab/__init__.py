"""bittensor_lab: a complete, exact Bittensor in a Python package, and a course around it.

Start with ``epoch.run_epoch`` (one epoch of Yuma Consensus in the chain's own arithmetic) or, in
a notebook, with ``from bittensor_lab import labs``.
"""

__version__ = "1.0.0"
