// Pointer, wheel and keys over the planes: the voxel, the slice, the phase, and what is drawn.

const DRAW_PX = 4, MRI_NOTCH = 40, MOST_MRI_ZOOM = 8;
let mriRolled = 0;

function listenToMriTile(tile) {
  const { canvas: paper, element: one } = tile;
  const place = (event) => { const { left, top } = paper.getBoundingClientRect(); return [event.clientX - left, event.clientY - top]; };
  paper.addEventListener('pointerdown', (event) => {
    if (!isMriReady() || event.button !== 0) return;
    paper.setPointerCapture(event.pointerId);
    tile.pressed = place(event);
    if (mri.area === 'voxel') chooseVoxel(tile, tile.pressed);
  });
  paper.addEventListener('pointermove', (event) => {
    if (!tile.pressed) return;
    if (mri.area === 'voxel') { chooseVoxel(tile, place(event)); return; }
    tile.drags = areaOf(tile, place(event));
    drawMri();
  });
  paper.addEventListener('pointerup', (event) => {
    if (!tile.pressed) return;
    const at = place(event), far = Math.hypot(at[0] - tile.pressed[0], at[1] - tile.pressed[1]);
    const drawn = tile.drags;
    tile.pressed = tile.drags = null;
    if (mri.area === 'voxel') return;
    if (far < DRAW_PX && !(drawn?.shape === 'outline' && drawn.points.length > 8)) { chooseVoxel(tile, at); return; }
    mri.drawn = drawn;
    askMriCurve();
    drawMri();
  });
  paper.addEventListener('pointercancel', () => { tile.pressed = tile.drags = null; drawMri(); });
  paper.addEventListener('dblclick', () => { if (!mri.beside && mri.area === 'voxel') makeLarge(tile.plane); });
  one.addEventListener('focus', () => { if (!mri.beside) mri.focused = tile.plane; });
  one.addEventListener('wheel', (event) => {
    event.preventDefault();
    if (!isMriReady()) return;
    if (event.ctrlKey) { zoomMri(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP); return; }
    mriRolled += event.deltaY * (event.deltaMode ? MRI_NOTCH : 1);
    const steps = Math.trunc(mriRolled / MRI_NOTCH) || (event.deltaMode ? Math.sign(mriRolled) : 0);
    if (!steps) return;
    mriRolled = 0;
    stepSlice(tile.plane, Math.sign(steps) * Math.min(Math.abs(steps), 3));
  }, { passive: false });
}

function chooseVoxel(tile, [x, y]) {
  if (tile.phase !== null) mri.phase = tile.phase;
  else mri.focused = tile.plane;
  mri.drawn = null;
  setVoxel(voxelAt(tile, x, y));
}

// From where the pointer went down; freehand takes the points between too, a pixel apart at least.
function areaOf(tile, [x, y]) {
  const at = mriGeometry(tile), point = (px, py) => fromMriTile(at, px, py).reverse().map((each) => Math.round(each * 10) / 10);
  const area = { plane: tile.plane, place: mri.voxel[UPRIGHT[tile.plane]], shape: mri.area };
  if (mri.area !== 'outline') return { ...area, points: [...point(...tile.pressed), ...point(x, y)] };
  const before = tile.drags?.points ?? point(...tile.pressed), next = point(x, y), [lastX, lastY] = before.slice(-2);
  const far = Math.hypot(next[0] - lastX, next[1] - lastY) >= 0.5 && before.length < 780;
  return { ...area, points: far || before.length < 4 ? [...before, ...next] : before };
}

function makeLarge(plane) {
  mri.large = mri.large === plane ? null : plane;
  mri.focused = plane;
  showMri();
  tilesNow().find((each) => each.plane === plane)?.element.focus({ preventScroll: true });
}

function zoomMri(times) {
  mri.zoom = Math.min(Math.max(mri.zoom * times, 1), MOST_MRI_ZOOM);
  drawMri();
}

function nextLesion() {
  const numbers = mriLesions().map(({ number: n }) => n);
  if (numbers.length) goToLesion(numbers[(numbers.indexOf(mri.lesion) + 1) % numbers.length]);
}

// With Shift the arrows move the voxel within the plane.
function moveVoxel([dx, dy]) {
  const [first, second] = planeAxes(mri.focused), voxel = [...mri.voxel];
  voxel[first] += first === 0 ? -dy : dy;
  voxel[second] += dx;
  mri.drawn = null;
  setVoxel(voxel);
}

const toggleMri = (name) => { if (find(`mri_${name}`).disabled) return; mri[name] = !mri[name]; askMriCurve(); showMri(); };
const MRI_KEYS = {
  ArrowUp: () => stepSlice(mri.focused, -1), ArrowDown: () => stepSlice(mri.focused, 1), PageUp: () => stepSlice(mri.focused, -5), PageDown: () => stepSlice(mri.focused, 5),
  ArrowLeft: () => stepPhase(-1), ArrowRight: () => stepPhase(1), Home: () => { mri.phase = 0; showMri(); }, End: () => { mri.phase = mri.facts.phases.length - 1; showMri(); },
  1: () => makeLarge('axial'), 2: () => makeLarge('sagittal'), 3: () => makeLarge('coronal'),
  '+': () => zoomMri(ZOOM_STEP), '=': () => zoomMri(ZOOM_STEP), '-': () => zoomMri(1 / ZOOM_STEP), 0: () => zoomMri(0),
  '[': () => setContrast(mri.width / 1.15, mri.brighter), ']': () => setContrast(mri.width * 1.15, mri.brighter),
  ',': () => setContrast(mri.width, mri.brighter - 0.05), '.': () => setContrast(mri.width, mri.brighter + 0.05),
  k: () => chooseMri('kind', nextOf(MRI_KINDS, mri.kind)), m: () => chooseMri('map', nextOf(MRI_MAPS, mri.map)),
  b: () => toggleMri('beside'), r: () => toggleMri('motion'), e: () => toggleMri('shading'), d: () => chooseMri('outlines', nextOf(MRI_OUTLINES, mri.outlines)), l: nextLesion,
  Escape: () => { Object.assign(mri, { large: null, drawn: null, zoom: 1 }); askMriCurve(); showMri(); },
};

function pressMri(event) {
  if (!mriShows() || !isMriReady() || event.ctrlKey || event.metaKey || event.altKey || element.querySelector('dialog[open]')) return;
  if (event.target.closest('input, select, textarea, .cards') || (event.target.closest('button, [role="radio"]') && event.key in ARROWS)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const action = event.shiftKey && key in ARROWS ? () => moveVoxel(ARROWS[key]) : MRI_KEYS[key];
  if (!action) return;
  event.preventDefault();
  action();
}
