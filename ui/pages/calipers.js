// Hand calipers on a picture that stands still: up to two pairs of points, and how far they are apart.
// Each page says what stands still (`stillPicture`), makes it so (`holdStill`) and asks (`askDistance`).

const MOST_PAIRS = 2, GRIP = 22, ARM = 8;   // the last two in CSS pixels
const calipers = {
  on: false,
  of: null,      // the picture they are set on
  pairs: [],     // points [x, y] of the picture, and what was answered, null until then
  at: null,      // the pair and the place in it of the point that keys move
  grip: null,    // from the pointer to the point it holds
};
window.senoscope.calipers = calipers;

function toggleCalipers() {
  if (calipers.on) { endCalipers(); return; }
  holdStill();
  calipers.on = stillPicture() !== null;
  followCalipers();
  draw();
  refresh();
}

function endCalipers() {
  Object.assign(calipers, { on: false, pairs: [], at: null, grip: null });
  draw();
  refresh();
}

// What was set on one picture holds for no other.
function followCalipers() {
  const of = calipers.on ? stillPicture()?.of ?? null : null;
  if (of === calipers.of) return;
  Object.assign(calipers, { on: of !== null, of, pairs: [], at: null, grip: null });
}

const wholePairs = () => calipers.pairs.filter(({ points }) => points.length === 2).map(({ points }) => points);

function addPoint(point) {
  let pair = calipers.pairs.at(-1);
  if (pair === undefined || pair.points.length === 2) {
    if (calipers.pairs.length === MOST_PAIRS) calipers.pairs.shift();
    pair = { points: [], said: null, asking: false, moved: false };
    calipers.pairs.push(pair);
  }
  calipers.at = { pair, place: pair.points.length };
  movePoint(point);
}

function movePoint(point) {
  const { pair, place } = calipers.at;
  pair.points[place] = point.map((each, axis) => Math.round(10 * Math.min(Math.max(each, 0), stillPicture().size[axis] - 1)) / 10);
  pair.said = null;
  pair.moved = true;
  measurePair(pair);
  draw();
  showCalipers();
}

// One question at a time, so that a fast hand is followed and not queued.
async function measurePair(pair) {
  if (pair.asking || pair.points.length < 2) return;
  pair.asking = true;
  try {
    while (pair.moved) {
      pair.moved = false;
      const said = await askDistance(...pair.points);
      if (!pair.moved) pair.said = said;
    }
  } catch (error) { tell(error.message); }
  pair.asking = false;
  showCalipers();
}

// A point under the pointer is taken; while a pair lacks its second, that one is set, however near.
function pressPoint(event) {
  followCalipers();
  if (!calipers.on || event.button !== 0) return;
  const point = pointOf(event, stillPicture().size), near = calipers.pairs.at(-1)?.points.length === 1 ? null : pointNear(point);
  if (near === null) addPoint(point); else calipers.at = near;
  const [x, y] = calipers.at.pair.points[calipers.at.place];
  calipers.grip = [x - point[0], y - point[1]];
  canvas.setPointerCapture(event.pointerId);
  draw();
}

function pointNear([x, y]) {
  const reach = GRIP * stillPicture().size[0] / canvas.clientWidth;
  const all = calipers.pairs.flatMap((pair) => pair.points.map((point, place) => ({ pair, place, far: Math.hypot(point[0] - x, point[1] - y) })));
  const [nearest] = all.filter(({ far }) => far < reach).toSorted((one, other) => one.far - other.far);
  return nearest ?? null;
}

function dragPoint(event) {
  if (!calipers.grip || !calipers.at) return;
  const [x, y] = pointOf(event, stillPicture().size);
  movePoint([x + calipers.grip[0], y + calipers.grip[1]]);
}

const letGo = () => { calipers.grip = null; };

// Before the page's own keys: while a point is set, the arrows are its own.
function pressCaliper(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || element.querySelector('dialog[open]')) return;
  const used = event.key.toLowerCase() === 'm' ? !event.repeat && (toggleCalipers(), true) : calipers.on && moveByKey(event);
  if (!used) return;
  event.preventDefault();
  event.stopPropagation();
}

function moveByKey(event) {
  if (event.target.matches('input, select, textarea')) return false;
  if (event.key === 'Escape') { endCalipers(); return true; }
  if (event.key === 'Enter' && !event.target.matches('button, a')) { addPoint(nextPlace()); return true; }
  if (!(event.key in ARROWS) || calipers.at === null) return false;
  const { pair, place } = calipers.at, far = event.shiftKey ? 10 : 1;
  movePoint(pair.points[place].map((each, axis) => each + far * ARROWS[event.key][axis]));
  return true;
}

// Without a pointer the first is set in the middle, and each other beside the one before.
function nextPlace() {
  const [columns, rows] = stillPicture().size;
  if (calipers.at === null) return [columns / 2, rows / 2];
  const [x, y] = calipers.at.pair.points[calipers.at.place], step = columns / 10;
  return [x + (x + step < columns ? step : -step), y];
}

// Bright on a dark edge, so that they show on any tissue.
function drawCalipers() {
  followCalipers();
  if (!calipers.on) return;
  const scale = canvas.width / stillPicture().size[0], line = devicePixelRatio;
  ink.save();
  calipers.pairs.forEach(({ points }, place) => {
    const [from, to] = points.map((point) => point.map((each) => (each + 0.5) * scale));
    if (to) strokeTwice([[from, to]], 1.5 * line, [2 * line, 5 * line]);
    for (const [x, y] of to ? [from, to] : [from]) {
      const arm = ARM * line;
      strokeTwice([[[x - arm, y], [x + arm, y]], [[x, y - arm], [x, y + arm]]], 2 * line, []);
    }
    nameCaliper(String(place + 1), from, line);
  });
  ink.restore();
}

function strokeTwice(strokes, width, dash) {
  const path = new Path2D();
  for (const [from, to] of strokes) { path.moveTo(...from); path.lineTo(...to); }
  for (const [style, wide] of [['#000', width + 2.5 * devicePixelRatio], ['#fff', width]]) {
    ink.strokeStyle = style;
    ink.lineWidth = wide;
    ink.setLineDash(style === '#fff' ? dash : []);
    ink.globalAlpha = style === '#fff' ? 1 : 0.55;
    ink.stroke(path);
  }
}

function nameCaliper(name, [x, y], line) {
  ink.setLineDash([]);
  ink.font = `600 ${16 * line}px system-ui, sans-serif`;
  ink.textAlign = 'center';
  ink.textBaseline = 'middle';
  ink.lineWidth = 3.5 * line;
  ink.strokeStyle = '#000';
  ink.fillStyle = '#fff';
  const at = [x - 14 * line, y - 14 * line];
  ink.strokeText(name, ...at);
  ink.fillText(name, ...at);
}

function showCalipers() {
  followCalipers();
  find('calipers').setAttribute('aria-pressed', calipers.on);
  find('calipers').disabled = !calipers.on && !canMeasure();
  find('room').classList.toggle('measured', calipers.on);
  for (let place = 0; place < MOST_PAIRS; place += 1) write(`caliper_${place}`, lineOf(place));
  const scale = calipers.pairs.find(({ said }) => said?.scale)?.said.scale;
  write('caliper_scale', scale ? scaleOf(scale) : '');
  find('calipers_said').hidden = !calipers.pairs.some(({ points }) => points.length === 2);
}

function lineOf(place) {
  const pair = calipers.pairs[place];
  if (pair === undefined || pair.points.length < 2) return '';
  if (pair.said === null) return t('caliper', { n: place + 1, length: '…', interval: '' });
  const { pixels, distance: apart } = pair.said;
  return t('caliper', {
    n: place + 1,
    length: apart === null ? t('in_pixels', { n: pixels.toFixed(0) }) : figure(apart),
    interval: apart === null ? t('uncalibrated') : intervalOf(apart),
  });
}

const caliperHint = () => (calipers.on && calipers.pairs.length === 0 ? t('calipers_hint') : '');

function listenToCalipers() {
  canvas.addEventListener('pointerdown', pressPoint);
  canvas.addEventListener('pointermove', dragPoint);
  canvas.addEventListener('pointerup', letGo);
  canvas.addEventListener('pointercancel', letGo);
  document.addEventListener('keydown', pressCaliper, true);
  find('calipers').addEventListener('click', (event) => {
    if (event.detail > 0) event.currentTarget.blur();
    toggleCalipers();
  });
}
