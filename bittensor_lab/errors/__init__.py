"""Errors that a learner can act on: what they are (``base``), and all that the chain can say (the rest)."""

from bittensor_lab.errors.base import *  # noqa: F403 (a hundred names, each one public)
from bittensor_lab.errors.chain import *  # noqa: F403
from bittensor_lab.errors.economy import *  # noqa: F403
