"""Pictures: a chart that stays alive and takes new data in place, and a canvas heat map.

``ChartPicture`` sends an Altair chart's specification once (light and dark) and then only tables; the
browser keeps the Vega view and swaps its data, so nothing is embedded again while a slider moves. All
pictures of a kernel share one copy of the Vega library, made offline by vl-convert and kept on disk.
A specification, too, is kept on disk, under a hash of the code that makes it: altair itself takes
seconds to import and is needed only when the code of a chart is new.

``HeatMap`` paints a weight matrix of any size from raw numbers; only weights that changed are sent.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets as t

from bittensor_lab import places
from bittensor_lab.labs.controls import MODULE, STATIC, Part
from bittensor_lab.whole_file import write_whole

CHARTS = Path(__file__).resolve().parents[1] / "charts"
_LIBRARY = """
function initialize() { globalThis.__btlabVega = globalThis.__btlabVega || { vegaEmbed }; }
function render({ el }) { el.hidden = true; }
export default { initialize, render };
"""


class VegaLibrary(anywidget.AnyWidget):
    """Carries the Vega bundle to the browser; one per kernel."""

    _esm = "export default { render() {} }"


@cache
def vega_library() -> VegaLibrary:
    """Return this kernel's one copy of the chart library."""
    VegaLibrary._esm = vega_bundle()
    return VegaLibrary()


def vega_bundle() -> str:
    """Return the Vega library as one JS module, from disk or freshly bundled without a network."""
    return kept("vega", f"{version('vl-convert-python')} {_LIBRARY}", ".js", _bundle)


def _bundle() -> str:
    import vl_convert

    return vl_convert.javascript_bundle(_LIBRARY, vl_version=vl_convert.get_vegalite_versions()[-1])


def kept(folder: str, key: str, suffix: str, make: Callable[[], str]) -> str:
    """Return the text kept on disk under ``key``, made and kept if it is not there yet, or damaged.

    Its first line is the SHA-256 of the rest.
    """
    name = hashlib.sha256(key.encode()).hexdigest()[:24] + suffix
    with contextlib.suppress(OSError):
        checksum, _, content = (places.user_cache() / folder / name).read_bytes().partition(b"\n")
        if checksum == _checksum(content):
            return content.decode()
    text = make()
    with contextlib.suppress(OSError):  # a cache that cannot be written only costs time
        path = places.user_cache() / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, _checksum(text.encode()) + b"\n" + text.encode())
    return text


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


@cache
def chart_code() -> str:
    """Return a hash of everything that decides what a chart's specification looks like."""
    code = b"".join(path.read_bytes() for path in sorted(CHARTS.glob("*.py")))
    return hashlib.sha256(code).hexdigest() + version("altair")


class ChartPicture(Part):
    """A Vega view that lives as long as its cell's output."""

    kind = t.Unicode("picture").tag(sync=True)
    library = t.Instance(VegaLibrary).tag(sync=True, **ipywidgets.widget_serialization)
    specs = t.Dict().tag(sync=True)
    spec_key = t.Unicode().tag(sync=True)
    tables = t.Dict().tag(sync=True)
    params = t.Dict().tag(sync=True)
    words = t.Unicode().tag(sync=True)
    frame = t.Int(-1).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(library=vega_library(), **traits)

    def show(
        self,
        key: str,
        make: Callable[[str], dict[str, Any]],
        tables: dict[str, dict[str, list[Any]]],
        params: dict[str, float],
        words: str,
        frame: int,
    ) -> None:
        """Show ``tables`` in the chart called ``key``; ``make(theme)`` returns its specification."""
        with self.hold_sync():
            if key not in self.specs:  # those sent before stay in the browser
                known = {name: specification(key, name, make) for name in ("light", "dark")}
                self.specs = {**self.specs, key: known}
            self.spec_key = key
            self.tables, self.params, self.words, self.frame = tables, params, words, frame


def specification(key: str, theme: str, make: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
    """Return the Vega-Lite specification of chart ``key``, without data; from disk where possible."""
    text = kept(
        "specs", f"{chart_code()} {key} {theme}", ".json", lambda: json.dumps({**make(theme), "datasets": {}})
    )
    return json.loads(text)


def chart_png(spec: dict[str, Any], scale: float = 1.5) -> bytes:
    """Return a specification with its data as PNG; from disk where it was drawn before."""

    def draw() -> str:
        import vl_convert

        return base64.b64encode(vl_convert.vegalite_to_png(spec, scale=scale)).decode()

    return base64.b64decode(kept("png", json.dumps([spec, scale]), ".b64", draw))


def chart_svg(spec: dict[str, Any]) -> str:
    """Return a specification with its data as SVG, to stand in a page without a script."""
    import vl_convert

    return vl_convert.vegalite_to_svg(spec)


class HeatMap(Part):
    """A weight matrix on a canvas, with consensus and incentive under it, trust and dividends beside."""

    _esm = MODULE.replace("// heat map goes here", (STATIC / "heat.js").read_text(encoding="utf-8"))
    kind = t.Unicode("heat").tag(sync=True)
    rows = t.Int(0).tag(sync=True)
    columns = t.Int(0).tag(sync=True)
    weights = t.Bytes(b"").tag(sync=True)
    numbers = t.Bytes(b"").tag(sync=True)
    clips = t.Bool(True).tag(sync=True)
    top = t.Float(1.0).tag(sync=True)
    top_incentive = t.Float(1.0).tag(sync=True)
    top_dividends = t.Float(1.0).tag(sync=True)
    note = t.List(t.Unicode()).tag(sync=True)
    words = t.Unicode().tag(sync=True)
    frame = t.Int(-1).tag(sync=True)

    def show(self, weights: Any, columns: list[Any], rows: list[Any], **traits: Any) -> None:
        """Show weights [v, m]; ``columns`` are consensus, incentive and the other rule's, [m] each;
        ``rows`` are stake, trust, lost and dividends, [v] each."""
        matrix = np.asarray(weights, np.float32)
        numbers = np.concatenate([np.asarray(part, np.float32) for part in (*columns, *rows)])
        with self.hold_sync():
            self.rows, self.columns = matrix.shape
            if matrix.tobytes() != self.weights:
                self.weights = matrix.tobytes()
            self.numbers = numbers.tobytes()
            for name, value in traits.items():
                setattr(self, name, value)
