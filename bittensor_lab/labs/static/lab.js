// The browser's side of the labs: every control and picture, in one module, by the model's `kind`.
//
// A control sends its value together with a stamp; the kernel answers with a picture that carries the
// same stamp, and the picture writes it to `data-stamp` once it is drawn. Of several answers that wait,
// only the newest is drawn. Colours come from the page (CSS variables), so a theme change is followed live.

const NARROW = '\u00a0';

function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(key, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// Every control has this module to itself, so the count lives on the page; it starts at the time of day, so
// that a page that was loaded again does not count anew.
function send(model, values) {
  const clock = Math.max(Number(document.body.dataset.btlabSent || 0) + 1, Date.now());
  for (const [key, value] of Object.entries(values)) model.set(key, value);
  model.set('stamp', clock);
  model.save_changes();
  document.body.dataset.btlabSent = clock;
}

function listen(model, events, callback) {
  model.on(events, callback);
  return () => model.off(events, callback);
}

function heading(model) {
  const chain = model.get('chain');
  const label = h('span', { class: 'bl-label' }, model.get('title'));
  model.on('change:title', () => { label.textContent = model.get('title'); });
  return h('div', { class: 'bl-heading' }, label, chain ? h('code', { class: 'bl-chain' }, chain) : null);
}

const isDark = () => document.body.dataset.jpThemeLight === 'false';

// While JupyterLab changes its theme nothing has a width for a moment, so ask more than once.
function onTheme(callback) {
  const observer = new MutationObserver(() => [0, 80, 300, 1000].forEach((wait) => setTimeout(callback, wait)));
  observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-light'] });
  return () => observer.disconnect();
}

// --- controls -------------------------------------------------------------------------------------

function sliders(model, el) {
  const get = (key) => model.get(key);
  const body = h('div', { class: `bl-sliders bl-tone-${get('tone')}` });
  let inputs = [], outputs = [], pointer = false;
  const percent = (value) => `${Math.round(100 * value)}${NARROW}%`;
  const words = (values, i) => {
    if (get('show') !== 'share') return values[i].toFixed(get('digits'));
    const total = values.reduce((a, b) => a + b, 0);
    return percent(total ? values[i] / total : 0);
  };
  const paint = () => {
    const values = get('values');
    inputs.forEach((input, i) => {
      if (Number(input.value) !== values[i]) input.value = values[i];
      const text = words(values, i);
      outputs[i].textContent = text;
      input.setAttribute('aria-valuetext', text);
      const low = Number(input.min), high = Number(input.max);
      input.style.setProperty('--at', (Math.min(high, Math.max(low, values[i])) - low) / (high - low));
    });
  };
  const build = () => {
    const values = get('values');
    inputs = []; outputs = [];
    body.replaceChildren(...get('labels').map((label, i) => {
      const input = h('input', { type: 'range', min: get('low'), max: get('high'), step: get('step'), 'aria-label': `${get('title')}: ${label}` });
      input.value = values[i];
      input.addEventListener('pointerdown', () => { pointer = true; });
      input.addEventListener('input', () => {
        const next = get('values').slice();
        next[i] = Number(input.value);
        send(model, { values: next, dragging: pointer });
        paint();
      });
      const release = () => { if (pointer) { pointer = false; send(model, { dragging: false }); } };
      input.addEventListener('change', release);
      input.addEventListener('pointerup', release);
      input.addEventListener('pointercancel', release);
      inputs.push(input);
      outputs.push(h('output', { class: 'bl-value' }));
      return h('label', { class: 'bl-slider' }, h('span', { class: 'bl-name', title: label }, label), input, outputs[i]);
    }));
    body.classList.toggle('bl-long-names', get('labels').some((label) => label.length > 3));
    paint();
  };
  el.append(heading(model), body);
  build();
  return [listen(model, 'change:values', paint), listen(model, 'change:labels change:low change:high change:step', build)];
}

function menu(model, el) {
  const select = h('select', { class: 'bl-select', 'aria-label': model.get('title'), onchange: () => send(model, { value: select.value }) },
    ...model.get('options').map(([key, title]) => h('option', { value: key }, title)));
  const sentence = h('div', { class: 'bl-note' });
  const paint = () => { select.value = model.get('value'); sentence.textContent = model.get('sentence'); };
  el.append(heading(model), h('div', { class: 'bl-select-box' }, select), sentence);
  paint();
  return [listen(model, 'change:value change:sentence', paint)];
}

function choice(model, el) {
  const name = `bl-${Math.random().toString(36).slice(2)}`;
  const radios = model.get('options').map(([key]) =>
    h('input', { type: 'radio', name, value: key, onchange: () => send(model, { value: key }) }));
  const paint = () => radios.forEach((radio) => { radio.checked = radio.value === model.get('value'); });
  el.append(heading(model), h('div', { class: 'bl-choice', role: 'radiogroup', 'aria-label': model.get('title') },
    ...model.get('options').map(([, title], i) => h('label', {}, radios[i], h('span', {}, title)))));
  paint();
  return [listen(model, 'change:value', paint)];
}

function toHundred(row) {
  const total = row.reduce((a, b) => a + b, 0);
  if (!total) return row;
  const share = row.map((x) => (100 * x) / total), whole = share.map(Math.floor);
  const order = share.map((x, i) => i).sort((a, b) => share[b] - whole[b] - (share[a] - whole[a]));
  for (let k = 0; k < 100 - whole.reduce((a, b) => a + b, 0); ) { whole[order[k % order.length]] += 1; order.shift(); }
  return whole;
}

function matrix(model, el) {
  const body = h('div', {});
  let fields = [], sums = [];
  const total = (row) => row.reduce((a, b) => a + b, 0);
  const paint = () => {
    const values = model.get('values');
    values.forEach((row, i) => {
      row.forEach((value, j) => { if (document.activeElement !== fields[i][j]) fields[i][j].value = value; });
      sums[i].textContent = total(row);
      sums[i].classList.toggle('bl-off', total(row) !== 100);
    });
  };
  const put = (i, j, value) => {
    const values = model.get('values').map((row) => row.slice());
    values[i][j] = value;
    send(model, { values });
    paint();
  };
  const leave = (event, i) => {
    if (event.currentTarget.contains(event.relatedTarget)) return;
    const values = model.get('values').map((row) => row.slice());
    const whole = toHundred(values[i]);
    if (whole.some((x, j) => x !== values[i][j])) { values[i] = whole; send(model, { values }); }
    queueMicrotask(paint);
  };
  const move = (event, i, j) => {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
    const field = fields[i][j], step = steps[event.key];
    if (!step) return;
    const inText = event.key === 'ArrowLeft' ? field.selectionStart > 0 && field.selectionEnd !== field.value.length
      : event.key === 'ArrowRight' ? field.selectionEnd < field.value.length : false;
    const next = fields[i + step[0]]?.[j + step[1]];
    if (inText || !next) return;
    event.preventDefault();
    next.focus(); next.select();
  };
  const field = (i, j, value, names) => {
    const input = h('input', { inputmode: 'numeric', maxlength: 3, 'aria-label': names });
    input.value = value;
    input.addEventListener('focus', () => input.select());
    input.addEventListener('keydown', (event) => move(event, i, j));
    input.addEventListener('input', () => {
      input.value = input.value.replace(/[^0-9]/g, '');
      put(i, j, Math.min(100, Number(input.value)));
    });
    return input;
  };
  const build = () => {
    const values = model.get('values'), rows = model.get('rows'), columns = model.get('columns');
    fields = values.map((row, i) => row.map((value, j) => field(i, j, value, `weight of ${rows[i]} on ${columns[j]}, percent`)));
    sums = values.map(() => h('td', { class: 'bl-sum' }));
    const head = h('tr', {}, h('td', {}), ...columns.map((name) => h('th', { scope: 'col' }, name)), h('td', { class: 'bl-sum' }, 'Σ'));
    const lines = values.map((_, i) => h('tr', { onfocusout: (event) => leave(event, i) },
      h('th', { scope: 'row' }, rows[i]), ...fields[i].map((input) => h('td', {}, input)), sums[i]));
    body.replaceChildren(h('table', { class: 'bl-matrix' }, h('thead', {}, head), h('tbody', {}, ...lines)));
    paint();
  };
  el.append(heading(model), body);
  build();
  const update = () => {
    const same = fields.length === model.get('values').length && fields[0]?.length === model.get('values')[0]?.length;
    (same ? paint : build)();
  };
  return [listen(model, 'change:values', update)];
}

function button(model, el) {
  el.append(h('button', { class: 'bl-button', type: 'button', onclick: () => send(model, { pressed: model.get('pressed') + 1 }) }, model.get('title')));
  return [];
}

// --- the bet --------------------------------------------------------------------------------------

function bet(model, el) {
  const box = h('div', { class: 'bl-bet' });
  el.append(box);
  const low = model.get('low'), high = model.get('high'), unit = model.get('unit');
  const at = (value) => (Math.min(high, Math.max(low, value)) - low) / (high - low);
  const number = (value) => `${Math.round(value)}${NARROW}${unit}`;
  const mark = (kind, value, word) => h('span', { class: `bl-dot bl-dot-${kind}`, style: `--at: ${at(value)}` }, h('b', {}, word));
  const line = (open) => {
    const value = model.get('value'), answer = model.get('answer');
    const track = h('div', { class: 'bl-track' });
    for (const tick of model.get('ticks')) track.append(h('i', { style: `--at: ${at(tick)}` }, unit.length > 2 ? tick : number(tick)));
    if (answer !== null && value !== null) {
      const [a, b] = [at(answer), at(value)].sort((x, y) => x - y);
      track.append(h('span', { class: 'bl-gap', style: `--at: ${a}; --to: ${b}` }));
    }
    const near = answer !== null && value !== null && Math.abs(at(answer) - at(value)) < 0.2;
    track.classList.toggle('bl-near', near);
    if (answer !== null) track.append(mark('engine', answer, 'engine'));
    if (value !== null) track.append(mark('you', value, open ? number(value) : 'you'));
    if (open) track.append(pick(value));
    return track;
  };
  const pick = (value) => {
    const input = h('input', { type: 'range', min: low, max: high, step: 1, 'aria-label': model.get('question') });
    input.value = value ?? low;
    const place = () => { model.set('value', Number(input.value)); send(model, {}); show(); box.querySelector('input')?.focus(); };
    input.addEventListener('input', () => {
      model.set('value', Number(input.value)); send(model, {});
      box.querySelector('.bl-dot-you')?.remove();
      box.querySelector('.bl-track').insertBefore(mark('you', Number(input.value), number(Number(input.value))), input);
      box.querySelector('.bl-primary').disabled = false;
    });
    input.addEventListener('click', () => { if (model.get('value') === null) place(); });
    return input;
  };
  const show = () => {
    const open = model.get('state') === 'open';
    const lock = h('button', { class: 'bl-button bl-primary', type: 'button', onclick: () => send(model, { state: 'locked' }) }, 'Lock my bet');
    lock.disabled = model.get('value') === null;
    const again = h('button', { class: 'bl-link', type: 'button', onclick: () => send(model, { state: 'open' }) }, 'Bet again');
    const side = open
      ? h('div', { class: 'bl-verdict' }, lock, h('span', { class: 'bl-note' }, lock.disabled ? 'Place the dot first.' : ''))
      : h('div', { class: 'bl-verdict' }, h('span', {}, h('b', {}, `${model.get('verdict')} `), model.get('reason'), ' ', again));
    box.replaceChildren(h('div', { class: 'bl-question' }, h('b', {}, `The bet: ${model.get('question')}`),
      h('span', {}, open ? model.get('hint') : 'Locked')), line(open), side);
    box.dataset.state = model.get('state');
  };
  show();
  return [listen(model, 'change:state change:answer change:verdict change:reason', show)];
}

// --- words ----------------------------------------------------------------------------------------

function finding(model, el) {
  const title = h('div', { class: 'bl-title', role: 'heading', 'aria-level': 3 }), subtitle = h('div', { class: 'bl-subtitle' });
  const paint = () => { title.textContent = model.get('title'); subtitle.textContent = model.get('subtitle'); };
  el.append(title, subtitle);
  paint();
  return [listen(model, 'change:title change:subtitle', paint)];
}

function summary(model, el) {
  const text = h('div', { class: 'bl-summary', 'aria-live': 'polite' });
  const paint = () => { text.textContent = model.get('text'); };
  el.append(text);
  paint();
  return [listen(model, 'change:text', paint)];
}

function code(model, el) {
  const text = h('pre', { class: 'bl-code-text', tabindex: 0, 'aria-label': 'the Python that makes this picture' });
  const copy = h('button', { class: 'bl-button', type: 'button' }, 'Copy as code');
  copy.addEventListener('click', async () => {
    let done = true;
    try { await navigator.clipboard.writeText(model.get('code')); } catch { done = false; }
    if (!done) { const range = document.createRange(); range.selectNodeContents(text); getSelection().removeAllRanges(); getSelection().addRange(range); }
    copy.textContent = done ? 'Copied' : 'Press Ctrl+C';
    setTimeout(() => { copy.textContent = 'Copy as code'; }, 1500);
  });
  const paint = () => { text.textContent = model.get('code'); };
  el.append(h('div', { class: 'bl-code' }, text, copy));
  paint();
  return [listen(model, 'change:code', paint)];
}

// --- pictures -------------------------------------------------------------------------------------

async function vega(model) {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    if (globalThis.__btlabVega) return globalThis.__btlabVega;
    if (attempt === 0) model.widget_manager.get_model(model.get('library').replace('IPY_MODEL_', '')).catch(() => {});
    await new Promise((wake) => setTimeout(wake, 25));
  }
  throw new Error('the chart library did not arrive; run the cell again');
}

// Draw what is newest, one drawing at a time.
function newest(draw) {
  let busy = false, again = false;
  return async () => {
    if (busy) { again = true; return; }
    busy = true;
    try { do { again = false; await draw(); } while (again); } finally { busy = false; }
  };
}

function records(table) {
  const names = Object.keys(table), count = names.length ? table[names[0]].length : 0, rows = new Array(count);
  for (let i = 0; i < count; i += 1) { const row = {}; for (const name of names) row[name] = table[name][i]; rows[i] = row; }
  return rows;
}

function sized(spec, width) {
  const actual = {}, copy = structuredClone(spec), widths = copy.usermeta?.widths || {};
  const fixed = Object.values(widths).reduce((most, [pixels]) => Math.max(most, pixels), 0);
  const walk = (part) => {
    if (part.name in widths) { const [pixels, share] = widths[part.name]; part.width = Math.round(pixels + share * (width - fixed)); actual[`pixels_${part.name}`] = part.width; }
    for (const key of ['hconcat', 'vconcat', 'concat', 'layer']) (part[key] || []).forEach(walk);
  };
  walk(copy);
  for (const param of copy.params || []) if (param.name in actual) param.value = actual[param.name];
  return copy;
}

function picture(model, el) {
  const box = h('div', { class: 'bl-picture', role: 'img' });
  el.append(box);
  // One living view per size of the matrix, for the width and theme of now: going back to it costs no embedding.
  const kept = new Map();
  let shape = '', alive = true;
  const drop = () => { kept.forEach(({ api }) => api.finalize()); kept.clear(); };
  const fill = ({ api: { view }, held }) => {
    for (const [name, table] of Object.entries(model.get('tables'))) {
      const text = JSON.stringify(table);
      if (held[name] === text) continue; // Vega would compute every mark of it again
      held[name] = text;
      view.data(name, records(table));
    }
    for (const [name, value] of Object.entries(model.get('params'))) view.signal(name, value);
  };
  const embed = async (library, width) => {
    const spec = sized(model.get('specs')[model.get('spec_key')][isDark() ? 'dark' : 'light'], width), node = h('div', {});
    spec.datasets = Object.fromEntries(Object.entries(model.get('tables')).map(([name, table]) => [name, records(table)]));
    const api = await library.vegaEmbed(node, spec, { renderer: 'canvas', actions: false, patch: (vg) => patched(vg, model.get('params')) });
    return { api, node, held: {} };
  };
  const draw = newest(async () => {
    const width = Math.floor(el.clientWidth);
    if (!alive || !width || !Object.keys(model.get('specs')).length) return;
    const library = await vega(model);
    const stamp = model.get('frame'), surface = `${isDark()} ${width}`, key = model.get('spec_key');
    if (surface !== shape) { drop(); shape = surface; }
    const known = kept.get(key), shown = known || await embed(library, width);
    if (known) { fill(known); await known.api.view.runAsync(); }
    kept.set(key, shown);
    if (shown.node.parentElement !== box) box.replaceChildren(shown.node);
    box.setAttribute('aria-label', model.get('words'));
    box.dataset.stamp = stamp;
  });
  const patched = (vg, params) => {
    for (const signal of vg.signals || []) if (signal.name in params) signal.value = params[signal.name];
    return vg;
  };
  const resize = new ResizeObserver(() => {
    if (Math.abs(el.clientWidth - Number(shape.split(' ')[1] || 0)) > 4) draw();
  });
  resize.observe(el);
  return [listen(model, 'change:frame', draw), onTheme(draw), () => { alive = false; resize.disconnect(); drop(); }];
}

const kinds = { sliders, menu, choice, matrix, button, bet, finding, summary, code, picture };

// heat map goes here

function render({ model, el }) {
  el.classList.add('bl', `bl-${model.get('kind')}-box`);
  el.setAttribute('data-lm-suppress-shortcuts', 'true');
  el.addEventListener('keydown', (event) => event.stopPropagation()); // the notebook would take the focus
  const hide = () => el.classList.toggle('btlab-hidden', model.get('hidden'));
  hide();
  const endings = [listen(model, 'change:hidden', hide), ...kinds[model.get('kind')](model, el)];
  return () => endings.forEach((end) => end());
}

export default { render };
