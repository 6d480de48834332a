// What a tile of slices says and lets be done beside its picture: which slice, and where the marks lie.

const TICK_PX = 26;

// It lies where the air does.
const railOf = (tile) => (showsDeep(tile) ? RAIL_PX : 0);

// Where something so wide is seen whole, as near to x as can be.
function besideRail(tile, { mirrored }, x, wide) {
  const rail = railOf(tile), { clientWidth } = tile.element;
  return within(x, (mirrored ? rail : 0) + wide / 2, clientWidth - (mirrored ? 0 : rail) - wide / 2);
}

// Above, the first slice; a rail with the best slice of each mark.
function addDepth(tile) {
  const { element: one } = tile;
  tile.depth = make('div', 'depth', one);
  tile.slider = make('input', '', tile.depth);
  Object.assign(tile.slider, { type: 'range', min: 1, max: 1, step: 1, value: 1 });
  tile.slider.addEventListener('input', () => { const entry = entryOf(imageOf(tile)); scrollSlices(tile, Number(tile.slider.value) - entry.slice); });
  tile.slider.addEventListener('keydown', (event) => {
    const key = { ArrowLeft: 'ArrowUp', ArrowRight: 'ArrowDown' }[event.key] ?? event.key;
    if (!event.ctrlKey && pressSlices(tile, key)) { event.preventDefault(); event.stopPropagation(); }
  });
  tile.ticks = make('div', 'ticks', tile.depth);
  tile.told = make('p', 'slice', tile.own);
}

function writeDepth(tile) {
  const deep = showsDeep(tile);
  tile.element.classList.toggle('deep', deep);
  if (!tile.depth) return;
  tile.depth.hidden = tile.told.hidden = !deep;
  if (!deep) return;
  const entry = entryOf(imageOf(tile));
  tile.slider.ariaLabel = t('slice_rail', { name: longName(viewOf(imageOf(tile))) });
  tile.slider.disabled = entry.facts === null;
  if (entry.facts === null) { tile.told.textContent = ''; return; }
  tile.slider.max = countOf(entry);
  writeTicks(tile, entry);
}

function withHeight({ facts }, which, first, last) {
  const heights = facts.slices.heights_mm;
  if (heights === null) return which;
  const [low, high] = [heights[first - 1], heights[last - 1]].map((each) => each.toFixed(0));
  return t('slice_at', { which, mm: low === high ? low : `${low}–${high}` });
}

// Of the slice that is seen, which is not yet the one that is wanted while that is on its way.
function sliceSaid(entry) {
  const { slice, slab: [first, last], how, header, trouble } = entry.drawn, of = countOf(entry);
  const several = first !== last;
  const which = several ? t('slice_slab', { first, last, of }) : t('slice_said', { n: slice, of });
  const leftOut = header?.cautions.includes('slab_left_out') ? t('caution_slab_left_out') : '';
  return [withHeight(entry, which, first, last), several && t(`slab_${how}`), leftOut, trouble].filter(Boolean).join(' · ');
}

function writeSlice(tile, entry) {
  if (!entry.drawn) return;
  const said = sliceSaid(entry);
  if (tile.told.textContent !== said) tile.told.textContent = said;
  tile.told.classList.toggle('grave', Boolean(entry.drawn.trouble));
  tile.slider.value = entry.slice;
  tile.slider.setAttribute('aria-valuetext', withHeight(entry, t('slice_said', { n: entry.slice, of: countOf(entry) }), entry.slice, entry.slice));
}

// A tick lies at its slice, or below the one before where they would hide each other.
function writeTicks(tile, entry) {
  const image = imageOf(tile), count = countOf(entry), high = tile.depth.clientHeight - 16;
  const ticks = (hung.marks ? marksShown() : []).map((finding) => ({ finding, best: slicesOf(finding, image)[0] })).filter(({ best }) => best).sort((a, b) => a.best - b.best);
  const written = JSON.stringify([language, high, count, ticks.map(({ finding, best }) => [finding.number, finding.kind, best])]);
  if (tile.ticks.dataset.written === written) return;
  tile.ticks.dataset.written = written;
  let low = 0;
  tile.ticks.replaceChildren(...ticks.map(({ finding, best }) => {
    const tick = make('button', 'tick'), at = 8 + high * (count > 1 ? (best - 1) / (count - 1) : 0) - TICK_PX / 2;
    low = Math.max(low, at);
    tick.style.top = `${low}px`;
    low += TICK_PX;
    tick.dataset.kind = finding.kind;
    tick.textContent = String(finding.number);
    tick.ariaLabel = t('slice_tick', { n: finding.number, slice: best });
    tick.onclick = () => showMark(finding);
    return tick;
  }));
}

// On which slices of that image a mark was outlined, the best first.
function slicesOf(finding, image) {
  const entry = entryOf(image);
  if (!isDeep(image) || entry.facts === null) return [];
  const own = Object.keys(finding.outlines).filter((at) => at.startsWith(`${image}/`));
  return own.map((at) => sliceOfFrame(entry, Number(at.split('/')[1]))).filter((number) => number > 0);
}

const outlineAt = (finding, image, slice) => finding.outlines[`${image}/${entryOf(image).facts.slices.frames[slice - 1]}`];

// As it is outlined on the picture, or on the slice of the slab that lies nearest to its middle.
function outlineHere(finding, image) {
  if (!isDeep(image)) return { points: finding.outlines[`${image}/1`], isKey: finding.image === image };
  const { drawn } = entryOf(image);
  if (!drawn) return { points: undefined, isKey: false };
  const { slab: [first, last], slice } = drawn;
  const inside = slicesOf(finding, image).filter((each) => each >= first && each <= last).sort((a, b) => Math.abs(a - slice) - Math.abs(b - slice));
  const points = inside.length ? outlineAt(finding, image, inside[0]) : undefined;
  const key = finding.image === image ? sliceOfFrame(entryOf(image), finding.frame) : 0;
  return { points, isKey: key >= first && key <= last };
}

// Of a mark that lies in other slices: how far, and which way on the rail.
function hintsOn(image) {
  const entry = entryOf(image);
  if (!isDeep(image) || !entry.drawn) return [];
  const { slab: [first, last] } = entry.drawn, heights = entry.facts.slices.heights_mm;
  return marksShown().flatMap((finding) => {
    const own = slicesOf(finding, image);
    if (!own.length || own.some((each) => each >= first && each <= last)) return [];
    const [best] = own, near = best < first ? first : last;
    const far = heights === null ? t('slice_away', { n: Math.abs(best - near) }) : `${Math.abs(heights[best - 1] - heights[near - 1]).toFixed(0)} mm`;
    return [{ finding, points: outlineAt(finding, image, best), text: `${finding.number} ${best < first ? '↑' : '↓'} ${far}` }];
  });
}

function drawHint(pen, tile, at, { finding, points, text }) {
  const [middle, y] = middleOfPoints(storedOnTile(at, points));
  pen.save();
  pen.font = `${MARK_PX}px system-ui, sans-serif`;
  const wide = pen.measureText(text).width + 12, x = besideRail(tile, at, middle, wide);
  pen.fillStyle = 'rgba(0, 0, 0, 0.75)';
  pen.fillRect(x - wide / 2, y - 11, wide, 22);
  pen.strokeStyle = KIND_COLOURS[finding.kind] ?? COLOURS[finding.suspicion];
  pen.setLineDash([3, 3]);
  pen.strokeRect(x - wide / 2, y - 11, wide, 22);
  pen.fillStyle = '#fff';
  pen.textAlign = 'center';
  pen.textBaseline = 'middle';
  pen.fillText(text, x, y + 1);
  pen.restore();
  return { finding, x, y, wide: wide / 2, high: 11 };
}
