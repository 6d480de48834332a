// Zoom, move, contrast and magnifier, in step for all that hangs, by pointer, wheel and keys.

const MOST_ZOOM = 12, ZOOM_STEP = 1.25, PAN_PX = 60, LENS_STEP_PX = 12, DRAGS = ['move', 'contrast', 'lens'];
const fingers = new Map();   // by pointer: the tile and where it is
let fewer = 0;               // the timer of the next pictures, while contrast is dragged

function listenToTile(tile) {
  const place = (event) => { const { left, top } = tile.canvas.getBoundingClientRect(); return [event.clientX - left, event.clientY - top]; };
  tile.canvas.addEventListener('pointerdown', (event) => {
    tile.canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    tile.pressed = place(event);
    if (hung.drag === 'lens') putLens(tile, ...place(event));
  });
  tile.canvas.addEventListener('pointermove', (event) => moveOver(tile, event, place(event)));
  for (const end of ['pointerup', 'pointercancel']) tile.canvas.addEventListener(end, (event) => fingers.delete(event.pointerId));
  tile.canvas.addEventListener('click', (event) => {
    const [x, y] = place(event), [px, py] = tile.pressed ?? [x, y];
    if (Math.hypot(x - px, y - py) <= CLICK_PX && hung.drag !== 'lens') clickMark(tile, [x, y]);
  });
  tile.canvas.addEventListener('pointerleave', () => { crossOver(null); if (hung.drag !== 'lens' && !hung.held) putLens(null); });
  tile.canvas.addEventListener('dblclick', () => showLarge(hung.large ? null : tile));
  tile.element.addEventListener('wheel', (event) => {
    event.preventDefault();
    if (showsDeep(tile) && !event.ctrlKey) rollSlices(tile, event.deltaY * (event.deltaMode ? NOTCH : 1));
    else zoomAt(tile, place(event), event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP);
  }, { passive: false });
  tile.element.addEventListener('focus', () => { hung.focused = tile; });
}

function moveOver(tile, event, [x, y]) {
  hung.pointer = { tile, x, y };
  if (isPaired()) crossOver(tile, x, y);
  if (hung.held || hung.drag === 'lens') { putLens(tile, x, y); return; }
  const before = fingers.get(event.pointerId);
  if (!before) return;
  const other = [...fingers.entries()].find(([id]) => id !== event.pointerId)?.[1];
  fingers.set(event.pointerId, [x, y]);
  if (other) {   // two fingers: as far apart as they are
    const apart = (one) => Math.hypot(one[0] - other[0], one[1] - other[1]);
    if (apart(before) > 0) zoomAt(tile, [(x + other[0]) / 2, (y + other[1]) / 2], apart([x, y]) / apart(before));
    return;
  }
  const [dx, dy] = [x - before[0], y - before[1]];
  if (hung.drag === 'contrast') adjust(Math.exp(dx / 200), -dy / 400);
  else pan(tile, dx, dy);
}

// Across is counted from the chest wall, so that the other side moves as in a mirror.
function pan(tile, dx, dy) {
  const { facts } = entryOf(imageOf(tile));
  if (facts === null) return;
  const at = geometry(tile);
  hung.across -= (at.mirrored ? -dx : dx) / at.scale;
  hung.down -= dy / at.scale;
  keepInView();
  showHung();
}

function keepInView() {
  let wide = 0, high = 0;
  for (const tile of shownTiles()) {
    const facts = tile.images.length ? entryOf(imageOf(tile)).facts : null;
    if (facts === null) continue;
    const [ux, uy] = unitOf(facts);
    wide = Math.max(wide, facts.size[0] * ux);
    high = Math.max(high, facts.size[1] * uy / 2);
  }
  hung.across = Math.min(Math.max(hung.across, 0), wide);
  hung.down = Math.min(Math.max(hung.down, -high), high);
}

function zoomAt(tile, [x, y], times) {
  if (entryOf(imageOf(tile)).facts === null) return;
  const before = geometry(tile), zoom = Math.min(Math.max(hung.zoom * times, 1), MOST_ZOOM), { clientWidth, clientHeight } = tile.element;
  const away = before.mirrored ? clientWidth - x : x;
  const after = before.scale * zoom / hung.zoom;
  if (zoom === 1) Object.assign(hung, { across: 0, down: 0 });
  else {
    hung.across += away / before.scale - away / after;
    hung.down += (y - clientHeight / 2) * (1 / before.scale - 1 / after);
  }
  hung.zoom = zoom;
  keepInView();
  showHung();
}

// Where the keyboard stands, else the first that shows something.
const tileAtHand = () => {
  const tiles = shownTiles().filter(({ images: stack }) => stack.length);
  return tiles.includes(hung.focused) ? hung.focused : tiles[0];
};
const middleOf = ({ element: one }) => [one.clientWidth / 2, one.clientHeight / 2];
const zoomBy = (times) => { const tile = tileAtHand(); if (tile) zoomAt(tile, [isMirrored(tile, entryOf(imageOf(tile)).facts ?? { wall: null }) ? tile.element.clientWidth : 0, middleOf(tile)[1]], times); };

function wholeViews() {
  Object.assign(hung, { zoom: 1, across: 0, down: 0, width: 1, brighter: 0 });
  showHung();
}

function adjust(times, brighter) {
  hung.width = Math.min(Math.max(hung.width * times, 0.05), 20);
  hung.brighter = Math.min(Math.max(hung.brighter + brighter, -2), 2);
  sayHung();
  clearTimeout(fewer);
  fewer = setTimeout(showHung, 120);
}

function chooseWindow(voi) {
  Object.assign(hung, { voi, width: 1, brighter: 0 });
  showHung();
  fillWindows();
}

function nextWindow() {
  const { options } = find('hung_window');
  if (options.length > 1) chooseWindow((hung.voi + 1) % options.length);
}

function putLens(tile, x = 0, y = 0) {
  hung.lens = tile === null ? null : { tile, x, y };
  drawHung();
}

function holdLens(on) {
  hung.held = on;
  if (!on) { if (hung.drag !== 'lens') putLens(null); return; }
  const { tile, x, y } = hung.pointer ?? {};
  if (tile && shownTiles().includes(tile)) putLens(tile, x, y);
  else if (tileAtHand()) putLens(tileAtHand(), ...middleOf(tileAtHand()));
}

function setDrag(drag) {
  hung.drag = drag;
  const tile = tileAtHand();
  if (drag === 'lens' && tile) putLens(tile, ...middleOf(tile)); else putLens(null);
  showHung();
}

function toggleHung(name) {
  if (find(`hung_${name}`).disabled) return;
  hung[name] = !hung[name];
  showHung();
}

function moveByKey([dx, dy]) {
  const tile = tileAtHand();
  if (!tile) return;
  if (hung.lens) {
    const { clientWidth, clientHeight } = hung.lens.tile.element;
    putLens(hung.lens.tile, within(hung.lens.x + dx * LENS_STEP_PX, 0, clientWidth), within(hung.lens.y + dy * LENS_STEP_PX, 0, clientHeight));
  } else pan(tile, -dx * PAN_PX, -dy * PAN_PX);
}

const largeOf = (place) => { const tile = hung.tiles[place]; if (tile?.images.length) showLarge(hung.large === tile ? null : tile); };
const HUNG_KEYS = {
  1: () => largeOf(0), 2: () => largeOf(1), 3: () => largeOf(2), 4: () => largeOf(3), Escape: () => showLarge(null),
  '+': () => zoomBy(ZOOM_STEP), '=': () => zoomBy(ZOOM_STEP), '-': () => zoomBy(1 / ZOOM_STEP), 0: wholeViews,
  z: () => holdLens(true), g: () => setDrag(DRAGS[(DRAGS.indexOf(hung.drag) + 1) % DRAGS.length]), w: nextWindow,
  '[': () => adjust(1 / 1.15, 0), ']': () => adjust(1.15, 0), ',': () => adjust(1, -0.05), '.': () => adjust(1, 0.05),
  i: () => toggleHung('invert'), f: () => toggleHung('flip'), m: () => toggleHung('marks'), d: () => toggleHung('density'),
  t: () => switchDepth(tileAtHand()), p: togglePair, ' ': () => playCine(!slabs.timer),
  b: nextSlab, a: () => { if (!find('slab_how').disabled) chooseSlab(slabs.thick, nextOf(HOWS, slabs.how)); },
  s: () => { const tile = tileAtHand(); if (tile?.next) stepTile(tile); }, o: () => showSingle(true),
};

function pressHung(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || element.querySelector('dialog[open]')) return;
  const field = event.target.closest('input, select, textarea, .cards');
  if (field && !field.closest('.tile')) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === '?') { event.preventDefault(); find('keys_dialog').showModal(); return; }
  if (hung.plan === null || drawing.number !== null) return;
  const onTileItself = event.target.classList.contains('tile');
  if (key === ' ' && event.target.closest('button, a')) return;
  const deep = hangs() && !hung.lens && !event.shiftKey ? deepAtHand() : null;
  if (deep && pressSlices(deep, key)) { event.preventDefault(); return; }
  const action = key in ARROWS ? () => moveByKey(ARROWS[key])
    : key === 'Enter' && onTileItself ? () => showLarge(hung.large ? null : hung.focused)
      : hung.single ? (key === 'o' ? () => showSingle(false) : undefined) : HUNG_KEYS[key];
  if (!action || (hung.single && key !== 'o') || (event.repeat && key === 'z')) return;
  event.preventDefault();
  action();
}

function openWork(open) {
  find('root').classList.toggle('works', open);
  for (const part of ['open_work', 'mri_work']) find(part).setAttribute('aria-expanded', open);
}

function listenToHanging() {
  listenToClicks({
    zoom_in: () => zoomBy(ZOOM_STEP), zoom_out: () => zoomBy(1 / ZOOM_STEP), zoom_whole: wholeViews,
    hung_single: () => showSingle(!hung.single), open_keys: () => find('keys_dialog').showModal(),
    open_work: () => openWork(!find('root').classList.contains('works')),
  });
  for (const drag of DRAGS) find(`drag_${drag}`).addEventListener('click', () => setDrag(drag));
  for (const name of ['invert', 'flip', 'marks', 'density']) find(`hung_${name}`).addEventListener('click', () => toggleHung(name));
  find('hung_window').addEventListener('change', () => chooseWindow(Number(find('hung_window').value)));
  listenToSlices();
  document.addEventListener('keydown', pressHung);
  document.addEventListener('keyup', (event) => { if (event.key.toLowerCase() === 'z') holdLens(false); });
  new ResizeObserver(drawHung).observe(find('hung'));
}
