"""The command line, where it is not on the path: ``python -m bittensor_lab verify``."""

from bittensor_lab.cli import main

main()
