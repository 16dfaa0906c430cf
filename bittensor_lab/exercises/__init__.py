"""Exercises: what a learner's notebook imports (``self_check``, ``show``); ``grading`` gives the points.

``source`` reads a set, ``release`` makes its notebooks, ``selfcheck`` answers the learner at once,
``ask`` runs an answer in a locked child process (``child``), ``submission`` reads what was handed
in, ``grading`` compares and ``report`` says it in words.
"""

from bittensor_lab.exercises.checking import show
from bittensor_lab.exercises.selfcheck import self_check

__all__ = ["self_check", "show"]
