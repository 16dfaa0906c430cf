"""Views: what the engine found, as tidy tables and as sentences; nothing here feeds back into it.

``consensus`` is one epoch with what clipping took, ``network`` is what a state of the chain shows, and
``changes`` is what two states have differently. Each is imported by name; only these need pandas.
"""
