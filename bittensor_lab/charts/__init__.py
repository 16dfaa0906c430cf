"""Charts: a DataFrame in, an Altair chart out.

Imports only altair, pandas and the palette beside it, so that a chart can be drawn, tested and saved
without a notebook. A live lab compiles a chart once and then only replaces its data.
"""
