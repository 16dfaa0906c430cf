"""Write what the manifest says of the tasks' data: ``python datasets/make_tasks.py``.

The data itself comes with vega_datasets and scikit-learn; here are its shape, checksum and origin only.
"""

from __future__ import annotations

from pathlib import Path

from bittensor_lab.datasets import files, series

ABOUT = {
    "weather": ("Weather of Seattle", "Daily highest temperatures, 2012 to 2015."),
    "digits": ("Handwritten digits", "Pictures of handwritten digits, from a UCI collection."),
    "labels": ("Labels of the digits", "Which digit each picture shows."),
    "words": ("Descriptions of data sets", "Six texts in English, lower case letters and spaces, mixed."),
}


def main() -> None:
    """Write the manifest's entries."""
    made = [
        {"name": each["name"], "title": ABOUT[each["name"]][0], "sentence": ABOUT[each["name"]][1], **each}
        for each in series.task_data()
    ]
    files.publish(Path(__file__).resolve().parent, "tasks", made, {})


if __name__ == "__main__":
    main()
