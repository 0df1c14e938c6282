// Fills the page with what the exhibit tells, and lets keys and buttons do the same things.
// Names come from files: they are only ever set as text.

const byId = (id) => document.getElementById(id);
const exhibit = JSON.parse(byId('exhibit').textContent);
const viewer = byId('viewer');
const status = byId('status');
const number = new Intl.NumberFormat('en');
const START = viewer.getAttribute('camera-orbit');
let shown = null;

function row(name, value) {
  const line = document.createElement('div');
  line.append(document.createElement('dt'), document.createElement('dd'));
  line.firstChild.textContent = name;
  line.lastChild.textContent = value;
  line.classList.toggle('long', String(value).length > 30);
  return line;
}

function bytes(count) {
  if (count < 1e6) return `${number.format(Math.ceil(count / 1e3))} kB`;
  return `${number.format(Math.round(count / 1e5) / 10)} MB`;
}

// Three numbers in the largest unit that leaves none of them below one, if there is any.
function lengths({ x, y, z }) {
  const all = [x, y, z];
  const least = Math.min(...all.filter((each) => each > 0));
  const [unit, scale] = least >= 1 ? ['m', 1] : least >= 0.01 ? ['cm', 100] : ['mm', 1000];
  const text = all.map((each) => (each * scale).toLocaleString('en', { maximumSignificantDigits: 3 }));
  return `${text.join(' × ')} ${unit}`;
}

function spelled(value) {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function say(text, { lasting = false, failed = false } = {}) {
  status.textContent = text;
  status.classList.toggle('failed', failed);
  status.classList.remove('quiet');
  clearTimeout(say.timer);
  if (!lasting) say.timer = setTimeout(() => status.classList.add('quiet'), 1500);
}

// Where a level is read from: the server, or an element of this page, unpacked once.
function addressOf(level) {
  if (level.address.startsWith('#')) {
    const text = atob(document.querySelector(level.address).textContent);
    const content = Uint8Array.from(text, (character) => character.charCodeAt(0));
    level.address = URL.createObjectURL(new Blob([content], { type: 'model/gltf-binary' }));
  }
  return level.address;
}

function show(level) {
  shown = level;
  document.documentElement.dataset.state = 'loading';
  say('Loading …', { lasting: true });
  viewer.src = addressOf(level);
  tellFacts();
  const choice = byId(`level-${level.number}`);
  if (choice) choice.checked = true;
}

function tellFacts(size) {
  const facts = [
    ['Triangles', number.format(shown.triangles)],
    ['Vertices', number.format(shown.vertices)],
    ['Materials', number.format(shown.materials)],
    ['Textures', number.format(shown.textures)],
    ['Size', size ? lengths(size) : '…'],
    ['File', `${shown.filename}, ${bytes(shown.bytes)}`],
  ];
  byId('facts').replaceChildren(...facts.map((fact) => row(...fact)));
}

function tellSection(id, named) {
  const known = Object.entries(named).filter(([, value]) => value !== undefined);
  const rows = known.map(([name, value]) => row(name.replaceAll('_', ' '), spelled(value)));
  document.querySelector(`#${id} dl`).replaceChildren(...rows);
  byId(id).hidden = rows.length === 0;
}

function tellAsked() {
  const { generator, quality, seed, spec_id: spec, engine_version: engine, options, ...others } =
    exhibit.asked;
  byId('summary').textContent = [generator, quality].filter(Boolean).map(spelled).join(' · ');
  tellSection('asked', { generator, quality, seed, ...others, engine, spec_id: spec });
  tellSection('options', options ?? {});
}

function offerLevels() {
  byId('levels').hidden = exhibit.levels.length < 2;
  for (const level of exhibit.levels) {
    const label = document.createElement('label');
    const choice = document.createElement('input');
    const text = document.createElement('span');
    Object.assign(choice, { type: 'radio', name: 'level', id: `level-${level.number}` });
    choice.setAttribute('aria-label', level.number ? `Level ${level.number}` : 'Full detail');
    choice.addEventListener('change', () => show(level));
    text.textContent = level.number || 'Full';
    label.append(choice, text);
    document.querySelector('.switch').append(label);
  }
}

function toggle(button, state) {
  const on = button.getAttribute(state) !== 'true';
  button.setAttribute(state, on);
  return on;
}

async function savePicture() {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await viewer.toBlob({ mimeType: 'image/png' }));
  link.download = `${shown.filename.replace(/\.glb$/i, '')}.png`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const actions = {
  reset() {
    viewer.cameraOrbit = START;
    viewer.cameraTarget = 'auto auto auto';
    viewer.fieldOfView = 'auto';
    viewer.resetTurntableRotation();
    byId('exposure').value = viewer.exposure = 1;
  },
  rotate() { viewer.autoRotate = toggle(byId('rotate'), 'aria-pressed'); },
  shadow() { viewer.shadowIntensity = toggle(byId('shadow'), 'aria-pressed') ? 1 : 0; },
  picture: savePicture,
  details() { byId('panel').hidden = !toggle(byId('details'), 'aria-expanded'); },
};
const KEYS = { r: 'reset', a: 'rotate', s: 'shadow', p: 'picture', i: 'details' };

for (const [id, act] of Object.entries(actions)) byId(id).addEventListener('click', act);
byId('exposure').addEventListener('input', (event) => {
  viewer.exposure = Number(event.target.value);
});
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const button = byId(KEYS[event.key.toLowerCase()]);
  if (button && !button.disabled) button.click();
  const level = exhibit.levels.find((each) => String(each.number) === event.key);
  if (level && level !== shown) show(level);
});
viewer.addEventListener('load', () => {
  document.documentElement.dataset.state = 'shown';
  byId('picture').disabled = false;
  tellFacts(viewer.getDimensions());
  const level = shown.number ? `Level ${shown.number}: ` : '';
  say(`${level}${number.format(shown.triangles)} triangles`);
});
viewer.addEventListener('error', (event) => {
  document.documentElement.dataset.state = 'failed';
  const cause = event.detail?.sourceError?.message ?? event.detail?.type ?? 'no reason is known';
  say(`The model can't be shown: ${cause}`, { lasting: true, failed: true });
});

tellAsked();
offerLevels();
show(exhibit.levels[0]);
