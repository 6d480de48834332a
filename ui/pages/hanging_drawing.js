// Each picture on its canvas: at one scale, from its chest wall on, with what was marked and outlined.

const FILL = 0.97;            // of a place that the largest breast takes
const LENS_PX = 280, LENS_TIMES = 2, BAR_MM = 20, BAR_TEXT_PX = 14;
const KIND_COLOURS = { mass: '#f0a202', calcifications: '#56b4e9', distortion: '#e69ad0' };
const KIND_DASHES = { mass: [], calcifications: [2, 2.5], distortion: [7, 3] };

// Millimetres where every view that is shown has them, else pixels.
const inMm = () => shownTiles().every((tile) => !tile.images.length || entryOf(imageOf(tile)).facts?.spacing !== null);
const unitOf = (facts) => (inMm() && facts.spacing ? facts.spacing : [1, 1]);

// CSS pixels to a millimetre (or a pixel), the same for all that is shown.
function scaleOfHung() {
  let least = Infinity;
  for (const tile of shownTiles()) {
    const facts = tile.images.length ? entryOf(imageOf(tile)).facts : null;
    if (facts === null) continue;
    const [ux, uy] = unitOf(facts), [top, bottom, reach] = facts.breast, { clientWidth, clientHeight } = tile.element;
    least = Math.min(least, (clientWidth - railOf(tile)) / (reach * ux), clientHeight / ((bottom - top) * uy));
  }
  return (Number.isFinite(least) ? least * FILL : 1) * hung.zoom;
}

// A right breast's chest wall is at the right, a left one's at the left; of neither, as it is stored.
function isMirrored(tile, { wall }) {
  const { side } = viewOf(imageOf(tile));
  const lies = wall !== null && (side ? side === 'R' : wall === 'right');
  return lies !== hung.flip;
}

// From a pixel of the picture as it hangs to CSS pixels of its tile.
function geometry(tile) {
  const { facts } = entryOf(imageOf(tile)), scale = scaleOfHung(), [ux, uy] = unitOf(facts);
  const { clientWidth: width, clientHeight: height } = tile.element, mirrored = isMirrored(tile, facts);
  const middle = (facts.breast[0] + facts.breast[1]) / 2 * uy;
  const sign = mirrored ? -1 : 1;
  return {
    facts, scale, mirrored, stepX: sign * scale * ux, stepY: scale * uy,
    x0: (mirrored ? width : 0) - sign * hung.across * scale, y0: height / 2 - (middle + hung.down) * scale,
  };
}

const onTile = ({ stepX, stepY, x0, y0 }, x, y) => [x0 + (x + 0.5) * stepX, y0 + (y + 0.5) * stepY];
const onPicture = ({ stepX, stepY, x0, y0 }, x, y) => [(x - x0) / stepX - 0.5, (y - y0) / stepY - 0.5];

function storedOnTile(at, points) {
  const [a, b, c, d, e, f] = at.facts.from_stored, found = [];
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i], y = points[i + 1];
    found.push(onTile(at, a * x + b * y + c, d * x + e * y + f));
  }
  return found;
}

window.senoscope.placeOf = (tile, x, y) => storedOnTile(geometry(tile), [x, y])[0];

// What is shown and what is hidden, then the pictures.
function showHung() {
  const on = hangs(), root = find('root');
  root.classList.toggle('hangs', on);
  root.classList.toggle('hangable', hung.plan !== null);
  find('hung_tools').hidden = hung.plan === null;
  find('hung').hidden = !on;
  find('hung_strip').hidden = !on || !find('hung_strip').children.length;
  find('hung_set').hidden = !on;
  if (!on) { write('hung_said', ''); return; }
  find('hung').dataset.shows = ['one', 'two', 'four', 'four'][shownTiles().length - 1];
  for (const tile of allTiles()) tile.element.hidden = !shownTiles().includes(tile);
  for (const name of ['move', 'contrast', 'lens']) find(`drag_${name}`).ariaPressed = hung.drag === name;
  for (const name of ['invert', 'flip', 'marks', 'density']) find(`hung_${name}`).ariaPressed = hung[name];
  find('hung_marks').disabled = find('hung_density').disabled = !page.exam.ai_shown;
  showSlabs();
  for (const tile of shownTiles()) if (tile.images.length) writeTile(tile);
  sayHung();
  drawHung();
}

function sayHung() {
  const missing = hung.tiles.length === 2 && !hung.large ? ['L', 'R'].find((side) => side !== hung.tiles[0].side) : '';
  write('hung_said', [
    hung.tiles.length ? '' : t('hung_none_placed'),
    missing && t('hung_one_side', { side: t(`side_${missing}`) }),
    t(inMm() ? 'hung_scale_mm' : 'hung_scale_px'),
    hung.zoom > 1 && t('hung_zoomed', { n: hung.zoom.toFixed(1) }),
    (hung.width !== 1 || hung.brighter !== 0) && t('hung_changed'),
    hung.invert && t('hung_inverted'),
    hung.flip && t('flag_flipped'),
  ].filter(Boolean).join(' · '));
}

function drawHung() {
  if (!hangs()) return;
  for (const tile of shownTiles()) if (tile.images.length) drawTile(tile);
  window.senoscope.drawn += 1;
}

function drawTile(tile) {
  const { canvas: paper, ink: pen, element: one } = tile, ratio = devicePixelRatio;
  const size = [one.clientWidth * ratio, one.clientHeight * ratio].map(Math.round);
  if (paper.width !== size[0] || paper.height !== size[1]) [paper.width, paper.height] = size;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.fillStyle = '#000';
  pen.fillRect(0, 0, ...size);
  const entry = entryOf(imageOf(tile));
  const rows = entry.facts === null ? size[1] : entry.facts.size[1] * geometry(tile).stepY * ratio;
  if (isDeep(imageOf(tile))) lookForSlice(imageOf(tile), rows); else lookFor(imageOf(tile), rows);
  if (entry.drawn) writeSlice(tile, entry);
  if (entry.bitmap === null) return;
  const at = geometry(tile);
  drawBitmap(pen, at, entry.bitmap, [0, 0, ...entry.facts.size]);
  if (hung.lens?.tile === tile) drawLens(pen, tile, at);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (hung.lens?.tile !== tile) {
    if (hung.density) drawRegions(pen, tile, at);
    if (hung.marks) drawAllMarks(pen, tile, at); else tile.hits = [];
    drawCross(pen, tile);
  }
  if (inMm()) drawBar(pen, tile, at);
}

// `box` is where the bitmap lies, in pixels of the whole picture: left, top, width, height.
function drawBitmap(pen, { stepX, stepY, x0, y0 }, bitmap, [left, top, width, height]) {
  const ratio = devicePixelRatio;
  pen.imageSmoothingQuality = 'high';
  pen.setTransform(ratio * stepX * width / bitmap.width, 0, 0, ratio * stepY * height / bitmap.height, ratio * (x0 + left * stepX), ratio * (y0 + top * stepY));
  pen.drawImage(bitmap, 0, 0);
  if (!hung.invert) return;
  pen.globalCompositeOperation = 'difference';
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, bitmap.width, bitmap.height);
  pen.globalCompositeOperation = 'source-over';
}

// Every stored pixel round the pointer, two screen pixels wide or twice as large as it is shown.
function drawLens(pen, tile, at) {
  const { x, y } = hung.lens, half = LENS_PX / 2, ratio = devicePixelRatio;
  const [px, py] = onPicture(at, x, y), times = Math.max(LENS_TIMES, LENS_TIMES * at.stepY);
  const sign = at.mirrored ? -1 : 1, stepY = times, stepX = sign * times * Math.abs(at.stepX / at.stepY);
  const close = { ...at, stepX, stepY, x0: x - (px + 0.5) * stepX, y0: y - (py + 0.5) * stepY };
  pen.save();
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.beginPath();
  pen.rect(x - half, y - half, LENS_PX, LENS_PX);
  pen.fillStyle = '#000';
  pen.fill();
  pen.clip();
  const reach = half / Math.abs(stepX), rise = half / stepY, [columns, rows] = at.facts.size;
  const cell = (pixel, most) => Math.floor(Math.min(Math.max(pixel, 0), most - 1) / CROP_PX);
  for (let row = cell(py - rise, rows); row <= cell(py + rise, rows); row += 1) {
    for (let column = cell(px - reach, columns); column <= cell(px + reach, columns); column += 1) {
      const bitmap = cropAt(imageOf(tile), column, row);
      if (bitmap) drawBitmap(pen, close, bitmap, [column * CROP_PX, row * CROP_PX, bitmap.width, bitmap.height]);
    }
  }
  pen.restore();
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.strokeStyle = '#4cc2a5';
  pen.lineWidth = 2;
  pen.strokeRect(x - half, y - half, LENS_PX, LENS_PX);
}

// Two centimetres, at the corner far from the chest wall.
function drawBar(pen, tile, at) {
  const { clientWidth: width, clientHeight: height } = tile.element, long = BAR_MM * at.scale;
  const rail = railOf(tile);
  const left = at.mirrored ? 14 + rail : width - 14 - rail - long, low = height - 14;
  pen.fillStyle = 'rgba(0, 0, 0, 0.7)';
  pen.fillRect(left - 6, low - 24, long + 12, 30);
  pen.fillStyle = '#fff';
  pen.fillRect(left, low, long, 2);
  pen.fillRect(left, low - 5, 2, 7);
  pen.fillRect(left + long - 2, low - 5, 2, 7);
  pen.font = `${BAR_TEXT_PX}px system-ui, sans-serif`;
  pen.textAlign = 'center';
  pen.fillText(t('hung_bar'), left + long / 2, low - 8);
}
