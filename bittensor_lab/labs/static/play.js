// The parts of the playground that other labs do not have: a table of words and sparklines, the bar of
// blocks, and the one button that acts. They are kinds of the module in lab.js, which takes them in.

function sparkline(values) {
  const [width, height] = [60, 16], most = Math.max(...values, 1e-9);
  const at = (value, i) => `${(i / Math.max(1, values.length - 1)) * (width - 6) + 2},${height - 3 - (value / most) * (height - 6)}`;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', width); svg.setAttribute('height', height); svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(svg.namespaceURI, 'polyline');
  line.setAttribute('points', values.map(at).join(' ')); line.setAttribute('class', 'bl-spark');
  const dot = document.createElementNS(svg.namespaceURI, 'circle'), [x, y] = at(values[values.length - 1], values.length - 1).split(',');
  dot.setAttribute('cx', x); dot.setAttribute('cy', y); dot.setAttribute('r', 2); dot.setAttribute('class', 'bl-spark-end');
  svg.append(line, dot);
  return svg;
}

function table(model, el) {
  const title = h('span', { class: 'bl-label' }), note = h('span', { class: 'bl-second' });
  const grid = h('table', { class: 'bl-table' });
  const filled = (tag, cell, i) => {
    const place = h(tag, { class: `${i ? 'bl-right' : ''} ${cell.tone ? `bl-tone-text-${cell.tone}` : ''} ${cell.strong ? 'bl-strong' : ''}` });
    if (cell.span) place.colSpan = cell.span;
    if (cell.spark) { place.append(sparkline(cell.spark)); place.setAttribute('aria-label', cell.text); return place; }
    place.append(cell.text ?? '');
    if (cell.sub) place.append(h('div', { class: `bl-sub ${cell.subtone ? `bl-tone-text-${cell.subtone}` : ''}` }, cell.sub));
    return place;
  };
  const paint = () => {
    title.textContent = model.get('title'); note.textContent = model.get('note');
    const head = model.get('head'), lines = model.get('rows').map((row) => h('tr', {}, ...row.map((cell, i) => filled('td', cell, i))));
    grid.replaceChildren(...(head.length ? [h('thead', {}, h('tr', {}, ...head.map((text, i) => h('th', { scope: 'col', class: i ? 'bl-right' : '' }, text))))] : []), h('tbody', {}, ...lines));
    grid.classList.toggle('bl-quiet', model.get('quiet'));
  };
  el.append(h('div', { class: 'bl-heading' }, title, note), grid);
  paint();
  return [listen(model, 'change:rows change:title change:note change:head', paint)];
}

function blocks(model, el) {
  const number = h('b', {}), track = h('div', { class: 'bl-progress' }, h('i', {})), words = h('span', { class: 'bl-second' });
  const ask = (command) => () => send(model, { command, pressed: model.get('pressed') + 1 });
  const play = h('button', { class: 'bl-button bl-go', type: 'button', onclick: ask('play') });
  const undo = h('button', { class: 'bl-button', type: 'button', onclick: ask('undo') }, 'Undo');
  const other = [['block', '1 block'], ['epoch', '1 epoch']].map(([command, title]) => h('button', { class: 'bl-button', type: 'button', onclick: ask(command) }, title));
  const paint = () => {
    number.textContent = model.get('block');
    play.textContent = model.get('playing') ? 'Pause' : 'Play';
    track.firstChild.style.width = `${100 * model.get('progress')}%`;
    words.textContent = model.get('words');
    undo.disabled = !model.get('can_undo');
  };
  el.append(h('div', { class: 'bl-bar' }, h('div', { class: 'bl-hero' }, h('span', {}, 'Block '), number),
    h('div', { class: 'bl-buttons' }, play, ...other), h('div', { class: 'bl-until' }, track, words), h('div', { class: 'bl-buttons' }, undo)));
  paint();
  return [listen(model, 'change:block change:playing change:progress change:words change:can_undo', paint)];
}

function act(model, el) {
  const button = h('button', { class: 'bl-button bl-go bl-wide', type: 'button', onclick: () => send(model, { pressed: model.get('pressed') + 1 }) });
  const reason = h('div', { class: 'bl-reason', role: 'status' });
  const paint = () => { button.textContent = model.get('title'); button.disabled = !model.get('enabled'); reason.textContent = model.get('reason'); };
  el.append(button, reason);
  paint();
  return [listen(model, 'change:title change:enabled change:reason', paint)];
}

Object.assign(kinds, { table, blocks, act });
