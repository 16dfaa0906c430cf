// The parts of the playground that other labs do not have. They are kinds of the module in lab.js, which takes
// them in. `shelf` and `script` stand at the foot of the page; the others are forms, tables and the bar of blocks.

const ICONS = {
  play: 'M2 0 12 6 2 12Z', pause: 'M1 0h4v12H1ZM7 0h4v12H7Z', block: 'M0 0 8 6 0 12ZM9 0h2v12H9Z',
  epoch: 'M0 0 6 6 0 12ZM5 0l6 6-6 6ZM10.5 0h1.5v12h-1.5Z',
};

function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg'), path = document.createElementNS(svg.namespaceURI, 'path');
  svg.setAttribute('viewBox', '0 0 12 12'); svg.setAttribute('aria-hidden', 'true'); path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

function sparkline(values) {
  const [width, height] = [64, 18], most = Math.max(...values, 1e-9);
  const at = (value, i) => `${(i / Math.max(1, values.length - 1)) * (width - 6) + 2},${height - 3 - (value / most) * (height - 6)}`;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('width', width); svg.setAttribute('height', height); svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(svg.namespaceURI, 'polyline');
  line.setAttribute('points', values.map(at).join(' ')); line.setAttribute('class', 'bl-spark');
  const dot = document.createElementNS(svg.namespaceURI, 'circle'), [x, y] = at(values[values.length - 1], Math.max(0, values.length - 1)).split(',');
  dot.setAttribute('cx', x); dot.setAttribute('cy', y); dot.setAttribute('r', 2); dot.setAttribute('class', 'bl-spark-end');
  svg.append(line, dot);
  return svg;
}

// Only rows that differ are made anew: while blocks pass most of a table stays.
function table(model, el) {
  const title = h('span', { class: 'bl-label' }), note = h('span', { class: 'bl-second' });
  const hero = h('div', { class: 'bl-wallet' }), grid = h('table', { class: 'bl-table' }), head = h('thead', {}), body = h('tbody', {});
  let known = [];
  const filled = (cell, i) => {
    const tone = cell.tone ? `bl-tone-text-${cell.tone}` : '', kind = `${cell.strong ? 'bl-strong' : ''} ${cell.big ? 'bl-big' : ''} ${cell.code ? 'bl-mono' : ''} ${cell.when ? 'bl-when' : ''}`;
    const place = h('td', { class: `${i && !cell.left ? 'bl-right' : ''} ${tone} ${kind}` });
    if (cell.span) place.colSpan = cell.span;
    if (cell.spark) {
      place.className += ' bl-spark-cell';
      place.setAttribute('role', 'img'); place.setAttribute('aria-label', cell.text);
      if (cell.spark.length) place.append(sparkline(cell.spark));
      return place;
    }
    place.append(cell.text ?? '');
    if (cell.aside) place.append(h('span', { class: `bl-second ${cell.asidetone ? `bl-tone-text-${cell.asidetone}` : ''}` }, ` ${cell.aside}`));
    if (cell.sub) place.append(h('div', { class: `bl-sub ${cell.subtone ? `bl-tone-text-${cell.subtone}` : ''}` }, cell.sub));
    return place;
  };
  const paint = () => {
    title.textContent = model.get('title'); note.textContent = model.get('note');
    title.parentElement.hidden = !model.get('title');
    const [words, number] = model.get('hero');
    hero.replaceChildren(...(number ? [h('span', {}, words), h('b', {}, number)] : []));
    hero.hidden = !number;
    const names = model.get('head'), rows = model.get('rows'), texts = rows.map((row) => JSON.stringify(row));
    if (head.dataset.of !== names.join('|')) {
      head.replaceChildren(...(names.length ? [h('tr', {}, ...names.map((text, i) => h('th', { scope: 'col', class: i ? 'bl-right' : '' }, text)))] : []));
      head.dataset.of = names.join('|');
    }
    texts.forEach((text, i) => {
      if (known[i] === text) return;
      const line = h('tr', { class: rows[i].length === 1 ? 'bl-part' : '' }, ...rows[i].map(filled));
      if (body.children[i]) body.children[i].replaceWith(line); else body.append(line);
    });
    while (body.children.length > rows.length) body.lastChild.remove();
    known = texts;
    grid.classList.toggle('bl-quiet', model.get('quiet'));
    grid.setAttribute('aria-label', model.get('title') || model.get('words'));
    el.classList.toggle('bl-empty', !rows.length);
  };
  grid.append(head, body);
  el.append(h('div', { class: 'bl-heading' }, title, note), hero, grid);
  if (model.get('words')) el.classList.add(`bl-${model.get('words')}-box`);
  paint();
  return [listen(model, 'change:rows change:title change:note change:head change:hero', paint)];
}

function options(select, list, value) {
  const text = JSON.stringify(list);
  if (select.dataset.of !== text) {
    select.replaceChildren(...list.map(([key, words]) => h('option', { value: key }, words)));
    select.dataset.of = text;
  }
  if (select.value !== value) select.value = value;
}

function blocks(model, el) {
  const number = h('b', {}), track = h('div', { class: 'bl-progress' }, h('i', {})), words = h('span', { class: 'bl-second' });
  const ask = (command) => () => send(model, { command, pressed: model.get('pressed') + 1 });
  const made = (command, title) => h('button', { class: 'bl-button', type: 'button', onclick: ask(command) }, title);
  const play = h('button', { class: 'bl-button bl-go', type: 'button', onclick: ask('play') });
  const undo = made('undo', 'Undo'), fork = made('fork', 'Fork'), drop = made('drop', 'Drop the other');
  const steps = [['block', '1 block'], ['epoch', '1 epoch']].map(([command, title]) => { const one = made(command, title); one.prepend(icon(command)); return one; });
  const pace = h('select', { class: 'bl-select', 'aria-label': 'Blocks a second', onchange: () => send(model, { pace: pace.value }) });
  const future = h('select', { class: 'bl-select', 'aria-label': 'The future that is shown', onchange: () => send(model, { future: future.value }) });
  const futureBox = h('div', { class: 'bl-select-box' }, future);
  const box = h('input', { type: 'checkbox', onchange: () => send(model, { others: box.checked }) });
  const paint = () => {
    number.textContent = model.get('block');
    if (play.dataset.now !== String(model.get('playing'))) {
      play.dataset.now = model.get('playing');
      play.replaceChildren(icon(model.get('playing') ? 'pause' : 'play'), model.get('playing') ? 'Pause' : 'Play');
    }
    track.firstChild.style.width = `${100 * model.get('progress')}%`;
    words.textContent = model.get('words');
    undo.disabled = !model.get('can_undo');
    const futures = model.get('futures');
    fork.hidden = futures.length > 1; drop.hidden = futureBox.hidden = futures.length < 2;
    options(pace, model.get('paces'), model.get('pace'));
    options(future, futures.map((name) => [name, name]), model.get('future'));
    box.checked = model.get('others');
    if (model.get('playing') && model.get('frame') !== model.get('seen')) { model.set('seen', model.get('frame')); model.save_changes(); }
  };
  el.append(h('div', { class: 'bl-bar' }, h('div', { class: 'bl-hero' }, h('span', {}, 'Block '), number),
    h('div', { class: 'bl-buttons' }, play, h('div', { class: 'bl-select-box' }, pace), ...steps), h('div', { class: 'bl-until' }, track, words),
    h('div', { class: 'bl-buttons' }, h('label', { class: 'bl-check', title: 'Five traders, four validators who look again, and an owner who buys back' }, box, 'Others act'), undo, fork, futureBox, drop)));
  paint();
  return [listen(model, 'change:block change:playing change:progress change:words change:can_undo change:futures change:future change:pace change:others change:frame', paint)];
}

function act(model, el) {
  const button = h('button', { class: 'bl-button bl-go bl-wide', type: 'button', onclick: () => send(model, { pressed: model.get('pressed') + 1 }) });
  const why = h('div', { class: 'bl-why', role: 'status' });
  const paint = () => {
    button.textContent = model.get('title');
    button.disabled = !model.get('enabled');
    const [name, what, values, advice] = model.get('reason');
    why.hidden = !what;
    const text = JSON.stringify(model.get('reason'));
    if (why.dataset.of === text) return;
    why.dataset.of = text;
    why.replaceChildren(...(what ? [name ? h('code', {}, name) : '', h('div', {}, `${what} ${values}`), h('div', { class: 'bl-todo' }, advice)] : []));
  };
  el.append(h('div', { class: 'bl-act-room' }, button, why));
  paint();
  return [listen(model, 'change:title change:enabled change:reason', paint)];
}

function deeds(model, el) {
  const name = `bl-${Math.random().toString(36).slice(2)}`;
  const radios = model.get('options').map(([key]) => h('input', { type: 'radio', name, value: key, onchange: () => send(model, { value: key }) }));
  const paint = () => radios.forEach((radio) => { radio.checked = radio.value === model.get('value'); });
  el.append(h('div', { class: 'bl-deeds', role: 'radiogroup', 'aria-label': model.get('title') },
    ...model.get('options').map(([, title], i) => h('label', {}, radios[i], h('span', {}, title)))));
  paint();
  return [listen(model, 'change:value', paint)];
}

// A menu whose options change.
function pick(model, el) {
  const label = h('span', { class: 'bl-label' }), chain = h('code', { class: 'bl-chain' }), sentence = h('div', { class: 'bl-note' });
  const select = h('select', { class: 'bl-select', onchange: () => send(model, { value: select.value }) });
  const paint = () => {
    label.textContent = model.get('title'); chain.textContent = model.get('chain'); sentence.textContent = model.get('sentence');
    sentence.hidden = !model.get('sentence');
    select.setAttribute('aria-label', model.get('title'));
    options(select, model.get('options'), model.get('value'));
  };
  el.append(h('div', { class: 'bl-heading' }, label, chain), h('div', { class: 'bl-select-box' }, select), sentence);
  paint();
  return [listen(model, 'change:value change:options change:title change:chain change:sentence', paint)];
}

// A slider with a field beside it. With `stops` the slider goes from one to the next; the field takes any number.
function dial(model, el) {
  const get = (key) => model.get(key);
  const label = h('span', { class: 'bl-label' }), chain = h('code', { class: 'bl-chain' }), unit = h('span', {});
  const range = h('input', { type: 'range' }), field = h('input', { inputmode: 'decimal', autocomplete: 'off' });
  const box = get('optional') ? h('input', { type: 'checkbox', onchange: () => send(model, { on: box.checked }) }) : null;
  const nearest = (value) => get('stops').reduce((best, stop, i, all) => (Math.abs(stop - value) < Math.abs(all[best] - value) ? i : best), 0);
  const text = (value) => String(Number(value.toFixed(get('digits'))));
  const paint = () => {
    const stops = get('stops'), value = get('value'), [low, high, step] = stops.length ? [0, stops.length - 1, 1] : [get('low'), get('high'), get('step')];
    label.textContent = get('title'); chain.textContent = get('chain'); unit.textContent = get('unit');
    range.min = low; range.max = high; range.step = step;
    const at = stops.length ? nearest(value) : Math.min(high, Math.max(low, value));
    range.value = at;
    range.style.setProperty('--at', (at - low) / (high - low || 1));
    range.setAttribute('aria-label', get('title')); range.setAttribute('aria-valuetext', `${text(value)} ${get('unit')}`);
    field.setAttribute('aria-label', `${get('title')}, number`);
    if (document.activeElement !== field) field.value = text(value);
    el.classList.toggle('bl-off', Boolean(box) && !get('on'));
    if (box) box.checked = get('on');
  };
  let pointer = false;
  range.addEventListener('pointerdown', () => { pointer = true; });
  const release = () => { if (pointer) { pointer = false; send(model, { dragging: false }); } };
  for (const name of ['change', 'pointerup', 'pointercancel']) range.addEventListener(name, release);
  range.addEventListener('input', () => {
    const stops = get('stops');
    send(model, { value: stops.length ? stops[Number(range.value)] : Number(range.value), dragging: pointer });
    paint();
  });
  const take = () => {
    const value = Number(field.value.replace(/[\s\u202f_]/g, '').replace('\u2212', '-').replace(',', '.'));
    if (field.value.trim() && Number.isFinite(value) && value !== get('value')) send(model, { value });
  };
  field.addEventListener('input', take);
  field.addEventListener('blur', paint);
  field.addEventListener('keydown', (event) => { if (event.key === 'Enter') { take(); field.select(); } });
  el.append(h('div', { class: 'bl-heading' }, box ? h('label', { class: 'bl-check' }, box, label) : label, chain),
    h('div', { class: 'bl-dial' }, range, h('span', { class: 'bl-field' }, field, unit)));
  paint();
  return [listen(model, 'change:value change:low change:high change:step change:stops change:title change:chain change:unit change:on change:digits', paint)];
}

function shelf(model, el) {
  const name = h('input', { 'aria-label': 'Name of the game', maxlength: 40, placeholder: 'a name', autocomplete: 'off' });
  const ask = (command, what) => send(model, { command, name: what, pressed: model.get('pressed') + 1 });
  const save = h('button', { class: 'bl-button', type: 'button', onclick: () => ask('save', name.value.trim()) }, 'Save');
  const list = h('select', { class: 'bl-select', 'aria-label': 'Saved games' });
  const load = h('button', { class: 'bl-button', type: 'button', onclick: () => ask('load', list.value) }, 'Load');
  const said = h('div', { class: 'bl-said', role: 'status' });
  name.addEventListener('keydown', (event) => { if (event.key === 'Enter') save.click(); });
  const paint = () => {
    const games = model.get('games');
    options(list, games.length ? games.map((game) => [game, game]) : [['', 'none yet']], games.includes(list.value) ? list.value : model.get('newest') || games[0] || '');
    load.disabled = !games.length;
    said.textContent = model.get('said');
  };
  el.append(h('div', { class: 'bl-heading' }, h('span', { class: 'bl-label' }, 'Keep this game')),
    h('div', { class: 'bl-shelf' }, h('span', { class: 'bl-field bl-name-field' }, name), save, h('div', { class: 'bl-select-box' }, list), load), said);
  paint();
  return [listen(model, 'change:games change:newest change:said', paint)];
}

function script(model, el) {
  const text = h('pre', { tabindex: 0, 'aria-label': 'the last calls of this game, as Python' }), note = h('span', { class: 'bl-second' });
  const copy = h('button', { class: 'bl-button', type: 'button' }, 'Copy as code');
  copy.addEventListener('click', async () => {
    let done = true;
    try { await navigator.clipboard.writeText(model.get('code')); } catch { done = false; }
    if (!done) {
      text.textContent = model.get('code');
      const range = document.createRange(); range.selectNodeContents(text); getSelection().removeAllRanges(); getSelection().addRange(range);
    }
    copy.textContent = done ? 'Copied' : 'Press Ctrl+C';
    setTimeout(() => { copy.textContent = 'Copy as code'; }, 1500);
  });
  const paint = () => {
    const lines = model.get('code').split('\n'), calls = lines.filter((line) => /^(chain|play)\./.test(line)).length;
    text.textContent = lines.slice(-3).join('\n');
    note.textContent = `${calls} call${calls === 1 ? '' : 's'} since the opening; the button copies them all. They end in this very state.`;
  };
  el.append(h('div', { class: 'bl-script' }, text, copy, note));
  paint();
  return [listen(model, 'change:code', paint)];
}

Object.assign(kinds, { table, blocks, act, deeds, pick, dial, shelf, script });
