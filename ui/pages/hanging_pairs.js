// 2-D and 3-D of one breast and view side by side, and what lies where in the other of them.

const RING_PX = 10, GAP_PX = 14, LEAST_HIT_PX = 22, CLICK_PX = 5, SAID_PX = 80;

// Both are there: a tile of each, which hang side by side.
function pairOf({ side, view, images: stack }) {
  const flats = stack.filter(isFlat), deeps = stack.filter(isDeep);
  return flats.length && deeps.length ? [flats, deeps].map((each) => tileOf({ side, view, images: each })) : null;
}

const isPaired = () => Boolean(hung.large?.pair && hung.pair);

// The one that is large; else the one at hand that has both, or the first.
const placeToPair = () => hung.large ?? [tileAtHand(), ...hung.tiles].find((tile) => tile?.pair);

function togglePair() {
  const place = placeToPair();
  if (!place?.pair) return;
  hung.pair = !(hung.large && hung.pair);
  if (hung.large) { writeHung(); showHung(); } else showLarge(place);
}

const hasBoth = ({ images: stack }) => stack.some(isFlat) && stack.some(isDeep);

// From 2-D to 3-D in the same place, and back.
function switchDepth(tile) {
  const place = isPaired() ? hung.large : tile;
  if (!place || !hasBoth(place)) return;
  if (isPaired()) hung.pair = false;
  const deep = !isDeep(imageOf(place));
  place.at = place.images.findIndex(deep ? isDeep : isFlat);
  writeHung();
  showHung();
}

// The other of the pair, where a place on the one can be told on it.
function otherOf(tile) {
  if (!isPaired() || !inMm()) return null;
  const other = shownTiles().find((each) => each !== tile);
  return other && entryOf(imageOf(other)).facts !== null && entryOf(imageOf(tile)).facts !== null ? other : null;
}

// As far from the chest wall and from the middle of the breast, in pixels of the tile: about there,
// since the two pictures were not taken at once.
function onOther(tile, other, x, y) {
  const from = geometry(tile), to = geometry(other), [px, py] = onPicture(from, x, y);
  const middle = ({ facts }) => (facts.breast[0] + facts.breast[1]) / 2;
  const [ux, uy] = from.facts.spacing, [vx, vy] = to.facts.spacing;
  return onTile(to, (px + 0.5) * ux / vx - 0.5, (py + 0.5 - middle(from)) * uy / vy + middle(to) - 0.5);
}

const middleOfPoints = (line) => [0, 1].map((axis) => (Math.min(...line.map((each) => each[axis])) + Math.max(...line.map((each) => each[axis]))) / 2);
const reachOf = (line, [x, y]) => Math.max(...line.map((each) => Math.hypot(each[0] - x, each[1] - y)));

function crossOver(tile, x, y) {
  hung.cross = tile && isPaired() ? { tile, x, y } : null;
  if (hung.crossing) return;
  hung.crossing = requestAnimationFrame(() => { hung.crossing = 0; drawHung(); });
}

function drawCross(pen, tile) {
  if (!hung.cross || hung.cross.tile === tile || otherOf(tile) !== hung.cross.tile) return;
  const [x, y] = onOther(hung.cross.tile, tile, hung.cross.x, hung.cross.y), { clientWidth: width, clientHeight: height } = tile.element;
  pen.save();
  for (const [style, wide] of [['rgba(0, 0, 0, 0.6)', 3], ['#4cc2a5', 1]]) {
    pen.strokeStyle = style;
    pen.lineWidth = wide;
    pen.beginPath();
    for (const [ax, ay, bx, by] of [[0, y, x - GAP_PX, y], [x + GAP_PX, y, width, y], [x, 0, x, y - GAP_PX], [x, y + GAP_PX, x, height]]) { pen.moveTo(ax, ay); pen.lineTo(bx, by); }
    pen.stroke();
  }
  pen.restore();
}

function drawRing(pen, tile, at, [x, y], radius, text) {
  pen.save();
  for (const [style, wide] of [['rgba(0, 0, 0, 0.7)', 5], ['#fff', 2]]) {
    pen.strokeStyle = style;
    pen.lineWidth = wide;
    pen.setLineDash(text ? [5, 5] : []);   // said to be about there
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.stroke();
  }
  if (text) {
    pen.font = `${MARK_PX}px system-ui, sans-serif`;
    pen.textAlign = 'center';
    const wide = pen.measureText(text).width + 10, middle = besideRail(tile, at, x, wide);
    const below = y + radius + 20, low = below < tile.element.clientHeight - SAID_PX ? below : y - radius - 8;   // slice and bar are written there
    pen.fillStyle = 'rgba(0, 0, 0, 0.75)';
    pen.fillRect(middle - wide / 2, low - 15, wide, 20);
    pen.fillStyle = '#fff';
    pen.fillText(text, middle, low);
  }
  pen.restore();
}

// Where a mark of one picture of a pair lies on the other that does not show it.
function drawElsewhere(pen, tile) {
  const other = otherOf(tile);
  if (!other) return [];
  const image = imageOf(tile), there = imageOf(other), at = geometry(other);
  return marksShown().flatMap((finding) => {
    const chosen = finding.number === hung.ring;
    const here = isDeep(image) ? slicesOf(finding, image).length : finding.outlines[`${image}/1`];
    const best = isDeep(there) ? slicesOf(finding, there)[0] : 1;
    const points = isDeep(there) ? best && outlineAt(finding, there, best) : finding.outlines[`${there}/1`];
    if (here || !points || !(chosen || isDeep(image))) return [];
    const line = storedOnTile(at, points), middle = middleOfPoints(line), [x, y] = onOther(other, tile, ...middle), radius = reachOf(line, middle) + RING_PX;
    drawRing(pen, tile, geometry(tile), [x, y], radius, t(isDeep(image) ? 'mark_any_slice' : 'mark_about_here', { n: finding.number }));
    return [{ finding, x, y, wide: radius, high: radius }];
  });
}

// Marks, hints and rings; where a click finds each.
function drawAllMarks(pen, tile, at) {
  const image = imageOf(tile), hits = [];
  for (const each of hintsOn(image)) hits.push(drawHint(pen, tile, at, each));
  for (const each of marksOn(image)) {
    drawMark(pen, at, each);
    const line = storedOnTile(at, each.points), middle = middleOfPoints(line), reach = reachOf(line, middle);
    if (each.number === hung.ring) drawRing(pen, tile, at, middle, reach + RING_PX, '');
    hits.push({ finding: each.finding, x: middle[0], y: middle[1], wide: reach, high: reach });
  }
  tile.hits = [...hits, ...drawElsewhere(pen, tile)];
}

// A click that moved nothing, on a mark: the nearest of those that it touches.
function clickMark(tile, [x, y]) {
  const touched = (tile.hits ?? []).filter((hit) => Math.abs(hit.x - x) <= Math.max(hit.wide, LEAST_HIT_PX) && Math.abs(hit.y - y) <= Math.max(hit.high, LEAST_HIT_PX));
  const [nearest] = touched.sort((a, b) => Math.hypot(a.x - x, a.y - y) - Math.hypot(b.x - x, b.y - y));
  if (nearest) showMark(nearest.finding); else if (hung.ring) { hung.ring = null; drawHung(); }
}

// Its best slice wherever slices are shown or will be, and a ring round it.
function showMark(finding) {
  playCine(false);
  hung.ring = finding.number;
  for (const at of Object.keys(finding.outlines).reverse()) {   // the best of an image comes first, and counts
    const [image, frame] = at.split('/').map(Number);
    if (!(image in hung.plan.views) || !isDeep(image)) continue;
    const entry = entryOf(image);
    entry.frame = frame;
    if (entry.facts !== null) goToSlice(image, sliceOfFrame(entry, frame));
  }
  drawHung();
}

// A mark from a card comes to the middle as soon as one of its pictures is there.
function centreWhatWaits() {
  const { waits } = hung;
  const tile = waits && hangs() ? shownTiles().find((each) => each.images.length && entryOf(imageOf(each)).facts !== null && pointsOn(waits, imageOf(each))) : null;
  if (!tile) return;
  hung.waits = null;
  centreOn(tile, pointsOn(waits, imageOf(tile)));
}

const pointsOn = (finding, image) => finding.outlines[Object.keys(finding.outlines).find((at) => at.startsWith(`${image}/`))];
