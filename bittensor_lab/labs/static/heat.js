// --- the heat map ---------------------------------------------------------------------------------

const floats = (view) => new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));

function rgb(colour) {
  const value = colour.trim();
  if (value.startsWith('#')) return [1, 3, 5].map((i) => parseInt(value.slice(i, i + 2), 16));
  return value.match(/[\d.]+/g).slice(0, 3).map(Number);
}

const LEFT = 74;

function heat(model, el) {
  const canvas = h('canvas', { class: 'bl-heat', tabindex: 0, role: 'img' });
  const readout = h('div', { class: 'bl-readout', 'aria-live': 'polite' }, 'Point at a cell, or focus the map and use the arrow keys.');
  el.append(canvas, readout);
  let spot = null, alive = true, geometry = null;

  const data = () => {
    const v = model.get('rows'), m = model.get('columns'), all = floats(model.get('numbers'));
    let from = 0;
    const take = (count) => all.subarray(from, from += count);
    return { v, m, weights: floats(model.get('weights')), consensus: take(m), incentive: take(m), other: take(m), stake: take(v), trust: take(v), lost: take(v), dividends: take(v) };
  };
  const colours = () => {
    const style = getComputedStyle(el), of = (name) => style.getPropertyValue(`--bl-${name}`).trim();
    return { page: of('page'), panel: of('panel'), ink: of('ink'), second: of('second-ink'), border: of('border'), hairline: of('hairline'),
      validator: of('validator-fill'), validatorText: of('validator-text'), miner: of('miner-fill'), minerText: of('miner-text'), lost: of('lost-fill'), lostText: of('lost-text') };
  };
  const lay = (width, v, m) => {
    const side = Math.round(0.17 * (width - LEFT)), matrixWidth = width - LEFT - 2 * side - 36;
    const cellHeight = Math.max(5, Math.min(16, Math.floor(330 / v)));
    const bottom = 26 + cellHeight * v;
    return { left: LEFT, top: 26, matrixWidth, cellWidth: matrixWidth / m, cellHeight, bottom, consensusTop: bottom + 8,
      barsTop: bottom + 36, barsHeight: 76, trust: LEFT + matrixWidth + 20, dividends: LEFT + matrixWidth + 36 + side, side, height: bottom + 36 + 76 + 26 };
  };

  const paintCells = (g, d, c, l, ratio) => {
    const w = Math.round(l.matrixWidth * ratio), tall = Math.round(l.cellHeight * d.v * ratio);
    const image = g.createImageData(w, tall), pixels = new Uint32Array(image.data.buffer);
    const [page, full, lost] = [rgb(c.page), rgb(c.validator), rgb(c.lost)];
    const pack = ([r, gr, b]) => (255 << 24) | (Math.round(b) << 16) | (Math.round(gr) << 8) | Math.round(r);
    const ramp = Array.from({ length: 256 }, (_, k) => pack(page.map((p, i) => p + (full[i] - p) * Math.min(1, 0.06 + Math.sqrt(k / 255)))));
    const empty = pack(rgb(c.panel)), corner = pack(lost), top = model.get('top'), clips = model.get('clips');
    const column = new Int32Array(w), isCorner = new Uint8Array(w), edge = Math.max(1, Math.round(ratio * Math.min(3, l.cellWidth / 3)));
    for (let x = 0; x < w; x += 1) {
      column[x] = Math.min(d.m - 1, Math.floor((x * d.m) / w));
      isCorner[x] = x - Math.ceil((column[x] * w) / d.m) < edge ? 1 : 0;
    }
    const row = l.cellHeight * ratio, gap = row > 8 ? 1 : 0;
    for (let y = 0; y < tall; y += 1) {
      const i = Math.min(d.v - 1, Math.floor(y / row)), into = y - i * row, base = i * d.m, inCorner = into < edge;
      for (let x = 0; x < w; x += 1) {
        const j = column[x], weight = d.weights[base + j];
        let colour = weight > 0 ? ramp[Math.min(255, Math.round((255 * weight) / top))] : empty;
        if (clips && inCorner && isCorner[x] && weight > d.consensus[j] * 1.25 + 1e-6) colour = corner;
        pixels[y * w + x] = gap && into >= row - gap ? empty : colour;
      }
    }
    g.putImageData(image, Math.round(l.left * ratio), Math.round(l.top * ratio));
  };
  const words = (g, text, x, y, colour, { size = 13, weight = 400, align = 'left' } = {}) => {
    g.font = `${weight} ${size}px ${getComputedStyle(el).fontFamily}`;
    g.fillStyle = colour; g.textAlign = align; g.textBaseline = 'middle';
    g.fillText(text, x, y);
  };
  // Hatching of all rectangles as one path, cut at their edges by arithmetic: a clip each costs a frame.
  const stripes = (g, rectangles, colour) => {
    g.strokeStyle = colour; g.lineWidth = 1.6; g.beginPath();
    for (const [x, y, w, tall] of rectangles) {
      for (let k = Math.ceil((x + y) / 5) * 5; k < x + y + w + tall; k += 5) { // the line on which x + y = k
        const from = Math.max(x, k - y - tall), to = Math.min(x + w, k - y);
        if (to > from) { g.moveTo(to, k - to); g.lineTo(from, k - from); }
      }
    }
    g.stroke();
  };
  const paintSides = (g, d, c, l) => {
    words(g, 'Trust', l.trust, 12, c.validatorText, { weight: 600 });
    words(g, 'Dividends', l.dividends, 12, c.validatorText, { weight: 600 });
    const hatched = [], most = model.get('top_dividends'), thick = Math.max(2, l.cellHeight - 2);
    for (let i = 0; i < d.v; i += 1) {
      const y = l.top + i * l.cellHeight + (l.cellHeight - thick) / 2;
      g.fillStyle = c.validator;
      g.fillRect(l.trust, y, d.trust[i] * l.side, thick);
      g.fillRect(l.dividends, y, Math.min(1, d.dividends[i] / most) * l.side, thick);
      if (d.lost[i] > 0.002) hatched.push([l.trust + d.trust[i] * l.side, y, d.lost[i] * l.side, thick]);
      g.fillStyle = c.ink;
      g.fillRect(l.dividends + Math.min(1, d.stake[i] / most) * l.side, y - 0.5, 1.4, thick + 1);
    }
    stripes(g, hatched, c.lost);
    words(g, '1 = all kept', l.trust, l.bottom + 14, c.second, { size: 12 });
    words(g, 'line: stake', l.dividends, l.bottom + 14, c.second, { size: 12 });
  };
  const paintColumns = (g, d, c, l) => {
    const top = model.get('top'), most = model.get('top_incentive'), base = l.barsTop + l.barsHeight;
    words(g, 'Consensus', 0, l.consensusTop + 7, c.ink, { weight: 600, size: 12 });
    words(g, 'Incentive', 0, l.barsTop + 8, c.minerText, { weight: 600, size: 12 });
    for (let j = 0; j < d.m; j += 1) {
      const x = l.left + j * l.cellWidth, wide = Math.max(1, l.cellWidth * 0.8);
      g.globalAlpha = Math.min(1, 0.06 + Math.sqrt(Math.min(1, d.consensus[j] / top)));
      g.fillStyle = c.validator; g.fillRect(x, l.consensusTop, l.cellWidth + 0.3, 14);
      g.globalAlpha = 1;
      const tall = Math.min(1, d.incentive[j] / most) * l.barsHeight;
      g.fillStyle = c.miner; g.fillRect(x, base - tall, wide, tall);
      g.fillStyle = c.ink; g.fillRect(x, base - Math.min(1, d.other[j] / most) * l.barsHeight - 0.7, wide, 1.4);
    }
    g.fillStyle = c.border; g.fillRect(l.left, base, l.matrixWidth, 1);
    let step = d.m <= 64 ? 8 : 32;
    while (step * l.cellWidth < 66) step *= 2;
    for (let j = step - 1; j < d.m; j += step) {
      const x = l.left + (j + 0.5) * l.cellWidth;
      words(g, `M${j + 1}`, x, 12, c.minerText, { size: 12, weight: 600, align: j === d.m - 1 ? 'right' : 'center' });
      words(g, `M${j + 1}`, x, base + 14, c.second, { size: 12, align: j === d.m - 1 ? 'right' : 'center' });
    }
    const tick = d.v <= 16 ? 4 : d.v <= 32 ? 8 : 16;
    for (let i = tick - 1; i < d.v; i += tick) words(g, `V${i + 1}`, 0, l.top + (i + 0.5) * l.cellHeight, c.validatorText, { size: 12, weight: 600 });
  };
  const paintNote = (g, c, l) => {
    const [head, ...lines] = model.get('note');
    words(g, head, l.trust, l.barsTop + 20, c.ink, { weight: 600 });
    lines.forEach((line, k) => words(g, line, l.trust, l.barsTop + 39 + 17 * k, c.second));
  };
  const paintSpot = (g, c, l) => {
    if (!spot) return;
    g.strokeStyle = c.ink; g.lineWidth = 1.6;
    g.strokeRect(l.left + spot[1] * l.cellWidth - 1.5, l.top + spot[0] * l.cellHeight - 1.5, l.cellWidth + 3, l.cellHeight + 3);
  };
  const tell = () => {
    if (!spot) return;
    const d = data(), [i, j] = spot, weight = d.weights[i * d.m + j], percent = (x) => `${(100 * x).toFixed(x < 0.0995 ? 1 : 0)}${NARROW}%`;
    const cut = model.get('clips') ? Math.max(0, weight - d.consensus[j]) : 0;
    readout.textContent = `V${i + 1} gives M${j + 1} ${percent(weight)}; consensus ${percent(d.consensus[j])}` +
      `${cut > 0 ? `, ${percent(cut)} clipped` : ''}. M${j + 1} earns ${percent(d.incentive[j])}. V${i + 1}: trust ${d.trust[i].toFixed(2)}, ${percent(d.stake[i])} of stake, ${percent(d.dividends[i])} of dividends.`;
  };
  const draw = newest(async () => {
    const width = Math.floor(el.clientWidth), stamp = model.get('frame');
    if (!alive || !width || !model.get('rows')) return;
    const d = data(), c = colours(), ratio = window.devicePixelRatio || 1, l = lay(width, d.v, d.m), g = canvas.getContext('2d');
    const [w, tall] = [Math.round(width * ratio), Math.round(l.height * ratio)];
    if (canvas.width !== w || canvas.height !== tall) { canvas.width = w; canvas.height = tall; canvas.style.height = `${l.height}px`; }
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    g.fillStyle = c.page; g.fillRect(0, 0, width, l.height);
    paintCells(g, d, c, l, ratio);
    paintColumns(g, d, c, l); paintSides(g, d, c, l); paintNote(g, c, l); paintSpot(g, c, l);
    geometry = { l, v: d.v, m: d.m };
    canvas.setAttribute('aria-label', model.get('words'));
    canvas.dataset.stamp = stamp;
    tell();
  });
  const visit = (i, j) => { spot = [Math.max(0, Math.min(geometry.v - 1, i)), Math.max(0, Math.min(geometry.m - 1, j))]; draw(); };
  canvas.addEventListener('mousemove', (event) => {
    const j = Math.floor((event.offsetX - geometry.l.left) / geometry.l.cellWidth), i = Math.floor((event.offsetY - geometry.l.top) / geometry.l.cellHeight);
    if (i >= 0 && i < geometry.v && j >= 0 && j < geometry.m) visit(i, j);
  });
  canvas.addEventListener('focus', () => { if (!spot) visit(0, 0); });
  canvas.addEventListener('keydown', (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (step) { event.preventDefault(); visit(spot[0] + step[0], spot[1] + step[1]); }
  });
  const resize = new ResizeObserver(draw);
  resize.observe(el);
  return [listen(model, 'change:frame', draw), onTheme(draw), () => { alive = false; resize.disconnect(); }];
}

kinds.heat = heat;
