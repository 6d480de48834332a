// Above the planes: the phases as small pictures, what is shown of them, sliders, and what the colours mean.

const MRI_MAPS = ['none', 'types', 'percent', 'ser'], MRI_AREAS = ['voxel', 'rectangle', 'ellipse', 'outline'];
const SMALL_ROWS = 96;
const MRI_SWITCHES = ['beside', 'motion', 'shading', 'breasts'], MRI_OUTLINES = ['none', 'lesions', 'tissue'];
const MAP_COLOURS = { types: ['#2a50ff', '#21c421', '#f03020'], percent: ['#000004', '#781c6d', '#ed6925', '#fcffa4'] };
const stripSlots = [];

const secondsOf = (phase) => mri.facts.seconds?.[phase] ?? null;
const timeSaid = (phase) => { const seconds = secondsOf(phase); return seconds === null ? '' : t('mri_seconds', { n: Math.round(seconds) }); };
const phaseSaid = (phase) => [t('mri_phase', { n: mri.facts.phases[phase] }), phase < mri.facts.pre_contrast ? t('mri_pre') : timeSaid(phase)].filter(Boolean).join(' · ');

// All of it, or why there is nothing to be seen.
function showMri() {
  const on = mriShows(), ready = on && isMriReady(), has = Boolean(page.exam?.mri) && hung.plan === null;
  find('root').classList.toggle('mris', on);
  find('mri').hidden = !on;
  find('mri_tools').hidden = !has || (!isMriReady() && !mri.single);
  find('mri_tools').classList.toggle('single', mri.single);
  write('mri_single', t(mri.single ? 'mri_back' : 'hung_single'));
  find('mri_loading').hidden = !on || mri.share === null;
  find('mri_loading_share').value = mri.share ?? 0;
  find('mri_planes').hidden = find('mri_strip').hidden = find('mri_voxel').parentElement.hidden = !ready;
  write('mri_why', !on ? '' : mri.trouble || (mri.facts?.state === 'refused' ? [t('mri_refused'), ...mri.facts.why].join(' ') : ''));
  showMriCards();
  if (!ready) return;
  showMriTools();
  showStrip();
  makeMriTiles();
  drawMri();
}

function showMriTools() {
  fillChoices('mri_kind', MRI_KINDS, (each) => t(`mri_kind_${each}`), mri.kind);
  fillChoices('mri_map', MRI_MAPS, (each) => t(`mri_map_${each}`), mri.map);
  fillChoices('mri_outlines', MRI_OUTLINES, (each) => t(`mri_outlines_${each}`), mri.outlines);
  fillChoices('mri_area', MRI_AREAS, (each) => t(`mri_area_${each}`), mri.area);
  for (const name of MRI_SWITCHES) find(`mri_${name}`).ariaPressed = mri[name];
  const { motion, shading, analysis } = mri.facts;
  find('mri_motion').disabled = !motion;
  find('mri_shading').disabled = !shading;
  find('mri_outlines').disabled = analysis === null;
  find('mri_breasts').hidden = (mri.kind !== 'projection' && mri.map === 'none') || analysis === null;
  find('mri_map').disabled = mri.kind === 'projection';
  const slides = { width: ['×', mri.width.toFixed(2)], brighter: ['', mri.brighter.toFixed(2)], early: ['', `${mri.early} %`], delayed: ['±', `${mri.delayed} %`] };
  for (const [name, [sign, value]] of Object.entries(slides)) {
    find(`mri_${name}`).value = mri[name];
    find(`mri_${name}`).setAttribute('aria-valuetext', `${sign}${value}`);
    write(`mri_${name}_said`, `${sign}${value}`);
  }
  const mapped = mri.map !== 'none' && mri.kind !== 'projection';
  find('mri_early_label').hidden = !mapped;
  find('mri_delayed_label').hidden = !mapped || mri.map !== 'types';
  showLegend(mapped);
}

function showLegend(mapped) {
  const legend = find('mri_legend');
  legend.hidden = !mapped;
  if (!mapped) return;
  if (mri.map === 'types') {
    legend.replaceChildren(...[1, 2, 3].map((type) => {
      const item = make('span', 'mri-type'), swatch = make('i', '', item);
      swatch.style.background = MAP_COLOURS.types[type - 1];
      make('span', '', item).textContent = t(`mri_type_${type}`);
      return item;
    }));
    return;
  }
  const bar = make('i', 'mri-bar'), most = mri.map === 'percent' ? '300 %' : '2';
  bar.style.background = `linear-gradient(to right, ${MAP_COLOURS.percent.join(', ')})`;
  const [low, high] = ['span', 'span'].map((tag) => make(tag, ''));
  low.textContent = mri.map === 'percent' ? '0 %' : '0';
  high.textContent = `${most} ${t(`mri_map_${mri.map}`)}`;
  legend.replaceChildren(low, bar, high);
}

function showStrip() {
  const strip = find('mri_strip'), many = mri.facts.phases.length;
  if (strip.children.length !== many) {
    stripSlots.length = 0;
    strip.replaceChildren(...mri.facts.phases.map((_, phase) => stripButton(phase)));
  }
  stripSlots.forEach(({ button, said }, phase) => {
    button.setAttribute('aria-checked', phase === mri.phase);
    button.tabIndex = phase === mri.phase ? 0 : -1;
    button.classList.toggle('pre', phase < mri.facts.pre_contrast);
    const text = phase < mri.facts.pre_contrast ? t('mri_pre') : timeSaid(phase) || t('mri_phase', { n: mri.facts.phases[phase] });
    said.textContent = `${mri.facts.phases[phase]} · ${text}`;
    button.ariaLabel = phaseSaid(phase);
  });
}

function stripButton(phase) {
  const button = make('button', 'mri-small'), paper = make('canvas', '', button), said = make('span', '', button);
  button.setAttribute('role', 'radio');
  button.onclick = () => { mri.phase = phase; showMri(); };
  button.onkeydown = (event) => {
    if (!(event.key in ARROWS)) return;
    event.preventDefault();
    event.stopPropagation();
    stepPhase(event.key === 'ArrowLeft' || event.key === 'ArrowUp' ? -1 : 1);
    stripSlots[mri.phase].button.focus();
  };
  stripSlots.push({ button, said, paper, slot: {}, last: null });
  return button;
}

// Of the axial slice at hand; each as it was acquired, whatever is shown large.
function drawStrip() {
  const [high, wide] = planeSizeMm('axial');
  stripSlots.forEach((each, phase) => {
    const picture = lookForMri(mriPicture('axial', { phase, kind: 'phase', width: 1, brighter: 0, rows: SMALL_ROWS }), each.slot);
    if (!picture?.width || picture === each.last) return;
    each.last = picture;
    Object.assign(each.paper, { width: picture.width, height: picture.height });
    each.paper.style.aspectRatio = `${wide} / ${high}`;
    each.paper.getContext('2d').drawImage(picture, 0, 0);
  });
}

function sayVoxel() {
  const [z, y, x] = mri.voxel;
  const area = mri.drawn && mri.curve?.voxels > 1 ? t('mri_area_said', { n: mri.curve.voxels, mm2: mri.curve.mm2 }) : '';
  write('mri_voxel', [t('mri_voxel_said', { x, y, z }), area, mri.zoom > 1 ? t('hung_zoomed', { n: mri.zoom.toFixed(1) }) : ''].filter(Boolean).join(' · '));
}

function chooseMri(name, value) {
  if (find(`mri_${name}`).disabled) return;
  mri[name] = value;
  if (name === 'area') { mri.drawn = null; askMriCurve(); }
  showMri();
}

function setContrast(width, brighter) {
  Object.assign(mri, { width: Math.min(Math.max(width, 0.1), 3), brighter: Math.min(Math.max(brighter, -1), 1) });
  showMri();
}

function showMriSingle(single) {
  mri.single = single;
  if (single && shown.picture === null) goTo(Math.max(images().findIndex(({ shows }) => shows), 0), 1);
  showMri();
  draw();
}

function listenToMri() {
  for (const name of ['kind', 'map', 'outlines', 'area']) find(`mri_${name}`).addEventListener('change', () => chooseMri(name, find(`mri_${name}`).value));
  listenToClicks({ ...Object.fromEntries(MRI_SWITCHES.map((name) => [`mri_${name}`, () => toggleMri(name)])), mri_single: () => showMriSingle(!mri.single), mri_usual: () => setContrast(1, 0), mri_work: () => openWork(!find('root').classList.contains('works')) });
  for (const name of ['width', 'brighter', 'early', 'delayed']) find(`mri_${name}`).addEventListener('input', () => { mri[name] = Number(find(`mri_${name}`).value); showMriTools(); drawMri(); });
  document.addEventListener('keydown', pressMri);
  new ResizeObserver(() => { if (mriShows() && isMriReady()) { makeMriTiles(); drawMri(); } }).observe(find('mri_planes'));
  listenToPhases();
  listenToPriors();
}
