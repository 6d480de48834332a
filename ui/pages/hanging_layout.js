// Which mammogram hangs where, as the server has planned it, and what each place says of itself.

const AS_HUNG = { zoom: 1, across: 0, down: 0, flip: false, invert: false, voi: 0, width: 1, brighter: 0, marks: true, density: false, ring: null, cross: null, waits: null };
const hung = { plan: null, tiles: [], extra: [], large: null, pair: true, single: false, drag: 'move', lens: null, ...AS_HUNG };
window.senoscope.hung = hung;

const hangs = () => hung.plan !== null && !hung.single && drawing.number === null;
const imageOf = (tile) => tile.images[tile.at];
const viewOf = (image) => hung.plan.views[image];
const shownTiles = () => (isPaired() ? hung.large.pair : hung.large ? [hung.large] : hung.tiles);
const allTiles = () => [...hung.tiles, ...hung.tiles.flatMap(({ pair }) => pair ?? []), ...hung.extra];

// Whether this exam has something to hang.
function beginHanging() {
  leaveHanging();
  openWork(false);
  hung.plan = page.exam?.hanging ?? null;
  if (hung.plan === null) { showHung(); return false; }
  hung.tiles = hung.plan.tiles.map((each) => tileOf(each));
  hung.extra = hung.plan.extra.map((image) => tileOf({ ...viewOf(image), images: [image] }));
  for (const tile of hung.tiles) tile.pair = pairOf(tile);
  find('hung').replaceChildren(...allTiles().map(({ element: one }) => one));
  if (!hung.tiles.length) [hung.large] = hung.extra;
  writeHung();
  showHung();
  return true;
}

function leaveHanging() {
  forgetPictures();
  Object.assign(hung, { plan: null, tiles: [], extra: [], large: null, single: false, lens: null, drag: 'move', ...AS_HUNG });
  find('hung').replaceChildren();
  find('hung_strip').replaceChildren();
  find('hung_window').replaceChildren();
}

function tileOf({ side, view, images: stack }) {
  const one = make('div', 'tile'), tile = { side, view, images: stack, at: 0, element: one };
  one.dataset.side = side || 'none';
  if (!stack.length) { tile.said = make('p', 'missing', one); return tile; }
  one.tabIndex = 0;
  one.role = 'group';
  tile.canvas = make('canvas', '', one);
  tile.ink = tile.canvas.getContext('2d', { alpha: false });
  tile.label = make('div', 'label', one);
  const own = tile.own = make('div', 'own', one);
  if (hasBoth(tile)) {
    tile.depths = make('button', '', own);
    tile.depths.onclick = () => switchDepth(tile);
  }
  if (stack.length > (tile.depths ? 2 : 1)) {
    tile.next = make('button', '', own);
    tile.next.onclick = () => stepTile(tile);
  }
  if (stack.some(isDeep)) addDepth(tile);
  listenToTile(tile);
  return tile;
}

const shortName = ({ side, view }) => [side || t('side_'), view || t('view_unknown')].join(' ');
// With what it is of, where the exam has more than mammograms.
function titleOf(image) {
  const kinds = Object.values(hung.plan.views).map(({ kind }) => kind), { kind } = viewOf(image);
  return [shortName(viewOf(image)), kinds.some((each) => each !== 'plain') && t(`depth_${kind}`)].filter(Boolean).join(' · ');
}

const longName = ({ side, view }) => t('hung_name', { side: t(`side_${side}`), view: view || t('view_unknown') });

// What a reader must know of an image, the gravest first.
function flagsOf(image) {
  const view = viewOf(image), { facts, trouble } = entryOf(image);
  const flags = {
    processing: view.processing, partial: view.is_partial, implant: view.has_implant,
    other_modifier: view.has_other_modifier, wrapped: view.is_wrapped, flipped: hung.flip,
  };
  const read = (page.exam.image_facts[image] ?? []).filter(({ name }) => name === 'caution').map(({ word }) => word);
  const cautions = [...new Set([...(facts?.cautions ?? []), ...read])];
  return [
    trouble,
    ...Object.entries(flags).filter(([, is]) => is).map(([flag]) => t(`flag_${flag}`)),
    ...view.modifiers.map((each) => each.replaceAll(' ', '_')).map((key) => t(`modifier_${key}`)),
    ...cautions.map((each) => t(`caution_${each}`)),
  ].filter(Boolean);
}

function writeHung() {
  if (hung.plan === null) return;
  for (const tile of hung.tiles.filter(({ images: stack }) => !stack.length)) tile.said.textContent = t('hung_missing', tile);
  for (const tile of allTiles()) if (tile.images.length) writeTile(tile);
  find('hung_strip').replaceChildren(...hung.extra.map(extraButton), ...others().map(otherButton));
  write('hung_single', t(hung.single ? 'hung_back' : 'hung_single'));
  fillWindows();
}

function writeTile(tile) {
  const image = imageOf(tile), flags = flagsOf(image), { facts } = entryOf(image);
  tile.element.dataset.air = isMirrored(tile, facts ?? { wall: 'left' }) ? 'left' : 'right';
  tile.element.ariaLabel = [longName(viewOf(image)), t(`depth_${viewOf(image).kind}`), ...flags].join(', ');
  const lines = [titleOf(image), ...flags];
  if (facts === null && !flags.length) lines.push(t('hung_loading'));
  if (facts?.window) lines.push(facts.window);
  tile.label.replaceChildren(...lines.map((text, place) => {
    const line = make(place ? 'span' : 'b', '');
    line.textContent = text;
    return line;
  }));
  if (tile.depths) tile.depths.textContent = t(isDeep(image) ? 'depth_to_flat' : 'depth_to_deep');
  writeDepth(tile);
  if (tile.next) {
    tile.next.textContent = t('hung_step', { n: tile.at + 1, of: tile.images.length });
    tile.next.ariaLabel = `${t('hung_step_label', { of: tile.images.length })} (${tile.next.textContent})`;
  }
}

// Beside the four: why it is not among them is said, never guessed.
function extraButton(tile) {
  const button = make('button', ''), [image] = tile.images, view = viewOf(image);
  const why = [!view.side && t('not_placed_side'), !view.view && t('not_placed_view')].filter(Boolean);
  make('b', '', button).textContent = titleOf(image);
  make('span', '', button).textContent = [...why, ...flagsOf(image).slice(0, 2)].join(' · ');
  button.ariaPressed = hung.large === tile;
  button.onclick = () => showLarge(hung.large === tile ? null : tile);
  return button;
}

// Images of the study that are no mammograms are shown one by one.
const others = () => images().map((each, image) => ({ ...each, image })).filter(({ image }) => !(image in hung.plan.views));

function otherButton({ image, modality }) {
  const button = make('button', '');
  button.textContent = t('hung_other', { n: image + 1, modality });
  button.onclick = () => { showSingle(true); goTo(image, 1); };
  return button;
}

function showLarge(tile) {
  playCine(false);
  hung.large = tile ?? (hung.tiles.length ? null : hung.large);
  Object.assign(hung, { zoom: 1, across: 0, down: 0, lens: null, cross: null, ring: null, waits: null });
  writeHung();
  showHung();
  (shownTiles().find(showsDeep) ?? hung.large ?? hung.tiles.find(({ images: stack }) => stack.length))?.element.focus({ preventScroll: true });
}

function stepTile(tile) {
  tile.at = (tile.at + 1) % tile.images.length;
  writeTile(tile);
  showHung();
}

function showSingle(single) {
  hung.single = single;
  if (single && shown.picture === null) goTo(Object.keys(hung.plan.views).map(Number)[0] ?? 0, 1);
  writeHung();
  showHung();
  draw();
}

// The windows of all files by their names; one that has not so many is shown under its first.
function fillWindows() {
  const names = [...seen.values()].map(({ facts }) => facts?.windows ?? []).sort((a, b) => b.length - a.length)[0] ?? [];
  const titles = names.map((name, place) => (names.indexOf(name) < place ? `${name} (${place + 1})` : name));
  const select = find('hung_window'), now = [...select.options].map(({ text }) => text);
  const wanted = titles.length ? titles : [t('no_own_window')];
  if (now.join() !== wanted.join()) select.replaceChildren(...wanted.map((title, place) => new Option(title, place)));
  select.value = String(hung.voi);
  select.disabled = titles.length < 2;
}
