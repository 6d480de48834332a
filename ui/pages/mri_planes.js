// The planes, or one plane in all phases: slices with maps, outlines, letters at the edges and the crosshair.

const LETTERS = { axial: ['R', 'L', 'A', 'P'], coronal: ['R', 'L', 'H', 'F'], sagittal: ['A', 'P', 'H', 'F'] };
const LESION_COLOUR = '#f0a202', TISSUE_COLOURS = { breast: '#56b4e9', gland: '#4cc2a5' };
const NETWORK_COLOURS = ['#e58cff', '#ff8fb1', '#b9e34b'];
const networkColour = (place) => NETWORK_COLOURS[place % NETWORK_COLOURS.length];
const mriTiles = { planes: [], phases: [] };
let mriDrawWaits = 0;

const tilesNow = () => (mri.beside ? mriTiles.phases : mriTiles.planes.filter(({ plane }) => mri.large === null || plane === mri.large));

function makeMriTiles() {
  const many = mri.beside ? mri.facts.phases.length : 0;
  if (!mriTiles.planes.length) mriTiles.planes = PLANES.map((plane) => mriTile(plane, null));
  if (mri.beside && mriTiles.phases.length !== many) mriTiles.phases = mri.facts.phases.map((_, phase) => mriTile(mri.focused, phase));
  for (const tile of mriTiles.phases) tile.plane = mri.focused;
  const wanted = tilesNow().map(({ element: one }) => one), room = find('mri_planes');
  room.dataset.shows = mri.beside ? 'phases' : mri.large ? 'one' : 'planes';
  if ([...room.children].some((each, place) => each !== wanted[place]) || room.children.length !== wanted.length) room.replaceChildren(...wanted);
  if (mri.beside) fitPhases(room, many);
}

// As many columns as make the pictures largest.
function fitPhases(room, many) {
  const [rows, columns] = planeSizeMm(mri.focused), { clientWidth: wide, clientHeight: high } = room;
  const fits = Array.from({ length: many }, (_, n) => ({ n: n + 1, scale: Math.min(wide / (n + 1) / columns, high / Math.ceil(many / (n + 1)) / rows) }));
  const { n } = fits.sort((a, b) => b.scale - a.scale)[0];
  room.style.setProperty('--columns', n);
}

function mriTile(plane, phase) {
  const one = make('div', 'mri-tile'), tile = { plane, phase, element: one, slots: { picture: {}, map: {}, outlines: {} }, last: null };
  one.tabIndex = 0;
  one.role = 'group';
  tile.canvas = make('canvas', '', one);
  tile.ink = tile.canvas.getContext('2d', { alpha: false });
  tile.label = make('p', 'mri-label', one);
  listenToMriTile(tile);
  return tile;
}

const planeAxes = (plane) => [0, 1, 2].filter((axis) => axis !== UPRIGHT[plane]);
const planeSize = (plane) => planeAxes(plane).map((axis) => mri.facts.shape[axis]);
const planeSizeMm = (plane) => planeAxes(plane).map((axis) => mri.facts.shape[axis] * mri.facts.spacing_mm[axis]);
// Row and column of a voxel on its picture: the head lies above.
const onPlane = (plane, voxel) => planeAxes(plane).map((axis) => (axis === 0 ? mri.facts.shape[0] - 1 - voxel[0] : voxel[axis]));

// From pixels of the plane to CSS pixels of the tile; with zoom the crosshair stays in the middle.
function mriGeometry({ plane, element: one }) {
  const [high, wide] = planeSizeMm(plane), [rowMm, columnMm] = planeAxes(plane).map((axis) => mri.facts.spacing_mm[axis]);
  const { clientWidth, clientHeight } = one, fit = Math.min(clientWidth / wide, clientHeight / high), scale = fit * mri.zoom;
  const [row, column] = onPlane(plane, mri.voxel), stepX = scale * columnMm, stepY = scale * rowMm;
  const place = (room, whole, at) => (whole <= room ? (room - whole) / 2 : Math.min(Math.max(room / 2 - at, room - whole), 0));
  return { stepX, stepY, x0: place(clientWidth, wide * scale, (column + 0.5) * stepX), y0: place(clientHeight, high * scale, (row + 0.5) * stepY) };
}

const onMriTile = ({ stepX, stepY, x0, y0 }, row, column) => [x0 + (column + 0.5) * stepX, y0 + (row + 0.5) * stepY];
const fromMriTile = ({ stepX, stepY, x0, y0 }, x, y) => [(y - y0) / stepY - 0.5, (x - x0) / stepX - 0.5];
window.senoscope.mriPlaceOf = (plane, voxel) => {
  const tile = tilesNow().find((each) => each.plane === plane), { left, top } = tile.element.getBoundingClientRect();
  const [x, y] = onMriTile(mriGeometry(tile), ...onPlane(plane, voxel));
  return [left + x, top + y];
};

function voxelAt(tile, x, y) {
  const [row, column] = fromMriTile(mriGeometry(tile), x, y), [first, second] = planeAxes(tile.plane), voxel = [...mri.voxel];
  voxel[first] = first === 0 ? mri.facts.shape[0] - 1 - row : row;
  voxel[second] = column;
  return voxel;
}

// Once for all that asked before the next frame.
function drawMri() {
  if (mriDrawWaits) return;
  mriDrawWaits = requestAnimationFrame(() => {
    mriDrawWaits = 0;
    if (!mriShows() || !isMriReady()) return;
    for (const tile of tilesNow()) drawMriTile(tile);
    drawStrip();
    sayVoxel();
    window.senoscope.drawn += 1;
  });
}

function drawMriTile(tile) {
  const { element: one, canvas: paper, ink: pen, plane } = tile, { clientWidth, clientHeight } = one;
  if (!clientWidth || !clientHeight) return;
  const more = tile.phase === null ? {} : { phase: tile.phase };
  const picture = lookForMri(mriPicture(plane, more), tile.slots.picture), at = mriGeometry(tile);
  tile.waits = picture === null && tile.last !== null && mri.kind === 'projection';
  writeMriTile(tile, picture?.trouble ?? '');
  if (picture !== null) tile.last = picture.trouble ? null : picture;
  const dense = devicePixelRatio;
  if (paper.width !== Math.round(clientWidth * dense) || paper.height !== Math.round(clientHeight * dense)) Object.assign(paper, { width: Math.round(clientWidth * dense), height: Math.round(clientHeight * dense) });
  pen.setTransform(dense, 0, 0, dense, 0, 0);
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, clientWidth, clientHeight);
  const [rows, columns] = planeSize(plane), whole = [at.x0, at.y0, columns * at.stepX, rows * at.stepY];
  if (tile.last?.width) pen.drawImage(tile.last, ...whole);
  if (mri.map !== 'none' && mri.kind !== 'projection') {
    const map = lookForMri(mriMap(plane), tile.slots.map);
    if (map?.width) { pen.imageSmoothingEnabled = false; pen.drawImage(map, ...whole); pen.imageSmoothingEnabled = true; }
    if (map?.trouble) writeMriTile(tile, map.trouble);
  }
  if (mri.outlines !== 'none' && mri.facts.analysis && mri.kind !== 'projection') drawMriOutlines(tile, at);
  drawLetters(pen, plane, clientWidth, clientHeight, tile.label.offsetWidth);
  drawCrosshair(pen, plane, at, clientWidth, clientHeight);
  drawArea(pen, tile, at);
}

function drawMriOutlines({ plane, ink: pen, slots }, at) {
  const found = lookForMri(mriPath('/outlines', { plane, at: mri.voxel[UPRIGHT[plane]] }), slots.outlines);
  if (!found?.lesions) return;
  if (mri.outlines === 'tissue') for (const [name, colour] of Object.entries(TISSUE_COLOURS)) for (const each of found[name] ?? []) tracePlane(pen, at, each, colour, 1, name === 'breast' ? [2, 3] : []);
  for (const [name, pieces] of Object.entries(found.lesions)) traceNamed(pen, at, pieces, name, { colour: LESION_COLOUR, wide: Number(name) === mri.lesion ? 2.5 : 1.5, dash: [] });
  (found.networks ?? []).forEach((pieces, place) => { if (!mri.hidden.includes(place)) traceNamed(pen, at, pieces, `N${place + 1}`, { colour: networkColour(place), wide: 1.5, dash: [5, 3], below: true }); });
}

// With its name at the right of its largest piece, above or below.
function traceNamed(pen, at, pieces, name, { colour, wide, dash, below }) {
  if (!pieces.length) return;
  for (const each of pieces) tracePlane(pen, at, each, colour, wide, dash);
  const rows = pieces[0].filter((_, place) => place % 2), columns = pieces[0].filter((_, place) => place % 2 === 0);
  const [x, y] = onMriTile(at, below ? Math.max(...rows) : Math.min(...rows), Math.max(...columns));
  edgedText(pen, name, x + 4, below ? y + 6 : y - 4, colour);
}

function tracePlane(pen, at, points, colour, wide, dash) {
  pen.save();
  pen.beginPath();
  for (let i = 0; i < points.length; i += 2) pen.lineTo(...onMriTile(at, points[i + 1], points[i]));
  pen.closePath();
  pen.setLineDash(dash);   // of its edge too: what lies under it shows in the gaps
  pen.strokeStyle = 'rgba(0, 0, 0, 0.6)';
  pen.lineWidth = wide + 1.5;
  pen.stroke();
  Object.assign(pen, { strokeStyle: colour, lineWidth: wide });
  pen.stroke();
  pen.restore();
}

function edgedText(pen, text, x, y, colour) {
  Object.assign(pen, { font: `600 ${MARK_PX + 1}px system-ui, sans-serif`, textBaseline: 'middle', lineWidth: 3, strokeStyle: '#000', fillStyle: colour });
  pen.strokeText(text, x, y);
  pen.fillText(text, x, y);
}

function drawLetters(pen, plane, wide, high, taken) {
  const [left, right, top, bottom] = LETTERS[plane], beside = Math.max(wide / 2, taken + 14);
  const above = beside < wide - 10 ? [top, beside, 13] : [top, wide / 2, 36];   // below the label where it takes the whole edge
  pen.textAlign = 'center';
  for (const [text, x, y] of [[left, 12, high / 2], [right, wide - 12, high / 2], above, [bottom, wide / 2, high - 13]]) edgedText(pen, text, x, y, '#ededed');
  pen.textAlign = 'left';
}

function drawCrosshair(pen, plane, at, wide, high) {
  const [x, y] = onMriTile(at, ...onPlane(plane, mri.voxel)), gap = 9;
  pen.strokeStyle = 'rgba(76, 194, 165, 0.85)';
  pen.lineWidth = 1;
  pen.beginPath();
  for (const [ax, ay, bx, by] of [[0, y, x - gap, y], [x + gap, y, wide, y], [x, 0, x, y - gap], [x, y + gap, x, high]]) { pen.moveTo(ax, ay); pen.lineTo(bx, by); }
  pen.stroke();
}

// What a reader drew, on its own slice, and while it is drawn.
function drawArea(pen, tile, at) {
  const area = tile.drags ?? mri.drawn;
  if (!area || area.plane !== tile.plane || area.place !== mri.voxel[UPRIGHT[tile.plane]]) return;
  const [ax, ay, bx, by] = area.points, [x, y] = onMriTile(at, ay, ax), [right, bottom] = onMriTile(at, by, bx);
  pen.save();
  pen.beginPath();
  if (area.shape === 'rectangle') pen.rect(x, y, right - x, bottom - y);
  else if (area.shape === 'ellipse') pen.ellipse((x + right) / 2, (y + bottom) / 2, Math.abs(right - x) / 2, Math.abs(bottom - y) / 2, 0, 0, 2 * Math.PI);
  else { for (let i = 0; i < area.points.length; i += 2) pen.lineTo(...onMriTile(at, area.points[i + 1], area.points[i])); pen.closePath(); }
  Object.assign(pen, { strokeStyle: '#fff', lineWidth: 2 });
  pen.setLineDash([5, 4]);
  pen.stroke();
  pen.restore();
}

function writeMriTile(tile, trouble) {
  const { plane } = tile, axis = UPRIGHT[plane], of = mri.facts.shape[axis], n = plane === 'axial' ? of - mri.voxel[axis] : mri.voxel[axis] + 1;
  const waits = tile.waits ? t('hung_loading') : '', slice = mri.kind === 'projection' ? t('mri_kind_projection') : t('slice_said', { n, of });
  const said = [tile.phase === null ? t(`mri_plane_${plane}`) : phaseSaid(tile.phase), slice, waits, trouble].filter(Boolean).join(' · ');
  if (tile.label.textContent !== said) { tile.label.textContent = said; tile.element.ariaLabel = said; }
  tile.element.classList.toggle('chosen', tile.phase === mri.phase);
}
