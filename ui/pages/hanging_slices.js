// Tomosynthesis in its place: a slice or a slab at a time, by wheel, keys, rail and cine.

const SLABS = ['one', '3', '5', '10', 'all'], HOWS = ['maximum', 'average'], RATES = [5, 10, 15, 20, 30];
const AT_ONCE = 2, AHEAD = 4, BEHIND = 1, MOST_SLICE_BYTES = 256 * 2 ** 20, NOTCH = 50, FAR = 5, RAIL_PX = 72;
const slices = new Map();   // by question: what came of it, the one used least lately first
const slabs = { thick: 'one', how: 'maximum', rate: 10, way: 1, timer: null, rolled: 0 };
window.senoscope.slabs = slabs;

const isDeep = (image) => viewOf(image).kind === 'slices';
const isFlat = (image) => ['plain', 'synthetic'].includes(viewOf(image).kind);
const showsDeep = (tile) => tile.images.length > 0 && isDeep(imageOf(tile));
const countOf = ({ facts }) => facts.slices.frames.length;
const within = (value, least, most) => Math.min(Math.max(value, least), most);

// What a picture is asked as. Of an image without heights there are no slabs in millimetres.
function sliceQuestion(entry, number) {
  const hasMm = entry.facts?.slices.heights_mm !== null, whole = slabs.thick === 'all';
  const thick = whole || hasMm ? slabs.thick : 'one';
  if (thick === 'one') return `how=one${number === null ? '' : `&slice=${number}`}`;
  return `how=${slabs.how}${whole ? '' : `&slab_mm=${thick}&slice=${number}`}`;
}

const sliceKey = (image, number) => { const entry = entryOf(image); return `${image}?${sliceQuestion(entry, number)}&${windowOf(entry)}`; };

// The slice that is wanted, if it is there as finely; what is shown stays until it comes.
function lookForSlice(image, shownRows) {
  const entry = entryOf(image);
  entry.rows = rowsFor(entry, shownRows);
  if (entry.slice === null && !entry.trouble && !entry.asking) beginSlices(image, entry);
  if (entry.facts === null) return;
  const key = sliceKey(image, entry.slice), here = slices.get(key);
  if (here?.bitmap || here?.trouble) {
    slices.delete(key);
    slices.set(key, here);
    const slab = here.trouble ? [entry.slice, entry.slice] : here.header.slab;
    entry.drawn = { ...here, slice: entry.slice, slab, how: slabs.how };
    entry.bitmap = here.bitmap;
    if (here.header) entry.facts = here.header;
  }
  fetchSlices(image, entry);
}

// The first one tells how many there are, and how high they lie.
async function beginSlices(image, entry) {
  entry.asking = true;
  try {
    const { header, bitmap, rows } = await askSlice(image, `how=one&${windowOf(entry)}`, entry.rows);
    if (seen.get(image) !== entry) { bitmap.close(); return; }
    entry.facts = header;
    entry.slice = header.slice;
    const key = sliceKey(image, header.slice);
    if (slabs.thick === 'one') slices.set(key, { header, bitmap, rows, trouble: '', asked: 0 }); else bitmap.close();
    entry.way = 1;
    if (entry.frame) goToSlice(image, sliceOfFrame(entry, entry.frame));
  } catch (error) { entry.trouble = error.message; } finally { entry.asking = false; }
  if (seen.get(image) !== entry) return;
  fillWindows();
  showHung();
  centreWhatWaits();
}

// What is shown first, then the next ones the way it went.
function fetchSlices(image, entry) {
  const alone = slabs.thick !== 'one';
  const steps = [0, ...(alone ? [1] : [...Array(AHEAD).keys()].map((each) => each + 1)), ...(alone ? [] : [-BEHIND])];
  const wanted = steps.map((step) => entry.slice + step * entry.way).filter((number) => number >= 1 && number <= countOf(entry));
  for (const number of wanted) {
    const key = sliceKey(image, number), there = slices.get(key);
    if (entry.fetching >= AT_ONCE) return;
    if (there && (there.asked || there.trouble || there.rows >= entry.rows)) continue;
    fetchSlice(image, entry, key, number);
  }
}

async function fetchSlice(image, entry, key, number) {
  const before = slices.get(key), { rows } = entry;
  entry.fetching += 1;
  slices.set(key, { header: null, bitmap: null, trouble: '', rows: 0, ...before, asked: rows });
  let came;
  try {
    came = await askSlice(image, `${sliceQuestion(entry, number)}&${windowOf(entry)}`, rows);
  } catch (error) { came = { header: null, bitmap: null, rows, trouble: error.message }; }
  entry.fetching -= 1;
  if (seen.get(image) !== entry || !slices.has(key)) { came.bitmap?.close(); return; }
  const { bitmap: coarse } = slices.get(key);
  if (coarse && entry.bitmap === coarse) entry.bitmap = came.bitmap;   // still seen, while another is on its way
  coarse?.close();
  slices.set(key, { trouble: '', ...came, asked: 0 });
  keepFewSlices();
  drawHung();
}

async function askSlice(image, question, rows) {
  const { header, jpeg } = unpacked(await askBytes(`/study/exams/${page.number}/hung/${image}?rows=${rows}&${question}`));
  return { header, rows, bitmap: await createImageBitmap(new Blob([jpeg], { type: 'image/jpeg' })) };
}

function keepFewSlices() {
  const size = ({ bitmap }) => (bitmap ? bitmap.width * bitmap.height * 4 : 0);
  const shownNow = new Set([...seen.values()].map(({ bitmap }) => bitmap));
  let total = [...slices.values()].reduce((sum, each) => sum + size(each), 0);
  for (const [key, each] of slices) {
    if (total <= MOST_SLICE_BYTES) return;
    if (each.asked || shownNow.has(each.bitmap)) continue;
    total -= size(each);
    each.bitmap?.close();
    slices.delete(key);
  }
}

function forgetSlices() {
  playCine(false);
  for (const { bitmap } of slices.values()) bitmap?.close();
  slices.clear();
}

const sliceOfFrame = ({ facts }, frame) => facts.slices.frames.indexOf(frame) + 1;

function goToSlice(image, number) {
  const entry = entryOf(image);
  if (entry.facts === null) return;
  const next = within(number, 1, countOf(entry));
  if (next !== entry.slice) entry.way = next > entry.slice ? 1 : -1;
  entry.slice = next;
}

// The slices of the tile at hand; of a pair, of its slices.
const deepAtHand = () => { const tile = tileAtHand(); return tile && showsDeep(tile) ? tile : hung.large && shownTiles().find(showsDeep); };

function scrollSlices(tile, by) {
  playCine(false);
  const entry = entryOf(imageOf(tile));
  if (entry.facts === null) return;
  goToSlice(imageOf(tile), entry.slice + by);
  drawHung();
}

// A notch of a wheel is one slice; what a touch pad sends is gathered.
function rollSlices(tile, deltaY) {
  slabs.rolled = Math.sign(slabs.rolled) === Math.sign(deltaY) ? slabs.rolled + deltaY : deltaY;
  if (Math.abs(slabs.rolled) < NOTCH) return;
  scrollSlices(tile, Math.sign(slabs.rolled));
  slabs.rolled = 0;
}

const SLICE_KEYS = {
  ArrowUp: () => -1, ArrowDown: () => 1, PageUp: () => -FAR, PageDown: () => FAR,
  Home: () => -Infinity, End: () => Infinity,
};

function pressSlices(tile, key) {
  const by = SLICE_KEYS[key]?.();
  if (by === undefined) return false;
  scrollSlices(tile, by);
  return true;
}

// There and back; a slice that has not come yet is waited for, none is left out.
function playCine(on) {
  clearInterval(slabs.timer);
  slabs.timer = on && deepAtHand() ? setInterval(playOn, 1000 / slabs.rate) : null;
  write('cine', t(slabs.timer ? 'cine_pause' : 'cine_play'));
  find('cine').ariaPressed = slabs.timer !== null;
}

function playOn() {
  const tile = hangs() ? deepAtHand() : null;
  if (!tile) { playCine(false); return; }
  const image = imageOf(tile), entry = entryOf(image);
  if (entry.facts === null || entry.drawn?.slice !== entry.slice) return;
  if (entry.slice + slabs.way > countOf(entry) || entry.slice + slabs.way < 1) slabs.way = -slabs.way;
  goToSlice(image, entry.slice + slabs.way);
  drawHung();
}

function chooseSlab(thick, how) {
  Object.assign(slabs, { thick, how });
  showHung();
}

const nextOf = (all, now) => all[(all.indexOf(now) + 1) % all.length];
function nextSlab() {
  let next = nextOf(SLABS, slabs.thick);
  while (find('slab').options[SLABS.indexOf(next)].disabled) next = nextOf(SLABS, next);
  chooseSlab(next, slabs.how);
}

// What can be chosen now: nothing where no slices are shown, millimetres where they are known.
function showSlabs() {
  const deep = shownTiles().filter(showsDeep), known = deep.some((tile) => entryOf(imageOf(tile)).facts?.slices.heights_mm !== null);
  find('slices_set').hidden = !Object.values(hung.plan.views).some(({ kind }) => kind === 'slices');
  fillChoices('slab', SLABS, (each) => (each === 'one' || each === 'all' ? t(`slab_${each}`) : t('slab_mm', { mm: each })), slabs.thick);
  fillChoices('slab_how', HOWS, (each) => t(`slab_${each}`), slabs.how);
  fillChoices('cine_rate', RATES, (each) => t('cine_per_second', { n: each }), slabs.rate);
  [...find('slab').options].forEach((option, place) => { option.disabled = !known && !['one', 'all'].includes(SLABS[place]); });
  for (const part of ['slab', 'cine', 'cine_rate']) find(part).disabled = !deep.length;
  find('slab_how').disabled = !deep.length || slabs.thick === 'one';
  find('hung_pair').disabled = !placeToPair()?.pair;
  find('hung_pair').ariaPressed = Boolean(hung.large?.pair && hung.pair);
  if (!deep.length && slabs.timer) playCine(false);
  else write('cine', t(slabs.timer ? 'cine_pause' : 'cine_play'));
}

function fillChoices(part, values, said, now) {
  const texts = values.map(said), { options } = find(part);
  if ([...options].map(({ text }) => text).join() !== texts.join()) find(part).replaceChildren(...values.map((value, place) => new Option(texts[place], value)));
  find(part).value = String(now);
}

function listenToSlices() {
  find('slab').addEventListener('change', () => chooseSlab(find('slab').value, slabs.how));
  find('slab_how').addEventListener('change', () => chooseSlab(slabs.thick, find('slab_how').value));
  find('cine_rate').addEventListener('change', () => {
    slabs.rate = Number(find('cine_rate').value);
    remembered.set('cine_rate', slabs.rate);
    if (slabs.timer) playCine(true);
  });
  listenToClicks({ cine: () => playCine(!slabs.timer), hung_pair: togglePair });
  slabs.rate = RATES.find((each) => String(each) === remembered.get('cine_rate')) ?? slabs.rate;
}
