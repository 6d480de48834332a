// The curve of the voxel or region at hand beside the lesion's mean, as a graph and as a table.

const GRAPH = { wide: 320, high: 190, left: 46, right: 10, top: 10, bottom: 34 };
const CURVE_ROWS = [
  ['peak_percent', (n) => `${n.toFixed(0)} %`], ['time_to_peak_s', (n) => `${n.toFixed(0)} s`], ['early_percent', (n) => `${n.toFixed(0)} %`],
  ['wash_in_percent_per_min', (n) => `${n.toFixed(0)} %/min`], ['delayed_change_percent', (n) => `${n.toFixed(0)} %`], ['washout_percent_per_min', (n) => `${n.toFixed(1)} %/min`],
  ['ser', (n) => n.toFixed(2)], ['ktrans_per_min', (n) => `${n.toFixed(3)} /min`], ['kep_per_min', (n) => `${n.toFixed(3)} /min`], ['ve', (n) => n.toFixed(2)],
];

function showMriCurve() {
  const ready = mriShows() && isMriReady();
  find('mri_curve_card').hidden = !ready;
  if (!ready) return;
  const own = mri.curve?.percent ? mri.curve : null, lesion = lesionNow();
  write('mri_curve_why', mri.curve?.trouble ?? (mri.curve && !own ? t('mri_curve_air') : ''));
  const lines = [own && { values: own.percent, name: t(mri.drawn ? 'mri_of_area' : 'mri_of_voxel'), look: 'own' }, lesion && { values: lesion.curve_percent, name: t('mri_of_lesion', { n: lesion.number }), look: 'lesion' }].filter(Boolean);
  find('mri_graph').replaceChildren(...graphOf(lines));
  find('mri_graph').setAttribute('aria-label', [t('mri_curve'), ...lines.map(({ name, values }) => `${name}: ${values.map((each) => `${each.toFixed(0)} %`).join(', ')}`)].join('. '));
  find('mri_curve_legend').replaceChildren(...lines.map(({ name, look }) => {
    const item = make('span', `mri-key ${look}`);
    make('i', '', item);
    make('span', '', item).textContent = name;
    return item;
  }));
  showCurveTable(own, lesion, lines);
  sayVoxel();
}

function graphOf(lines) {
  const { wide, high, left, right, top, bottom } = GRAPH, times = mri.facts.seconds ?? mri.facts.phases.map((_, place) => place + 1);
  const values = lines.flatMap((line) => line.values), most = Math.max(50, ...values) * 1.05, least = Math.min(0, ...values) * 1.05;
  const x = (time) => left + (time - times[0]) / (times.at(-1) - times[0] || 1) * (wide - left - right);
  const y = (value) => high - bottom - (value - least) / (most - least) * (high - top - bottom);
  const made = [];
  const text = (words, at, more) => { const one = draws('text', { ...at, ...more }); one.textContent = words; made.push(one); };
  const rise = stepOf(most - least);
  for (let value = Math.ceil(least / rise) * rise; value <= most; value += rise) {
    made.push(draws('line', { x1: left, x2: wide - right, y1: y(value), y2: y(value), class: value === 0 ? 'zero' : 'grid' }));
    text(`${Math.round(value)}`, { x: left - 6, y: y(value) + 5 }, { 'text-anchor': 'end' });
  }
  const run = mri.facts.seconds ? stepOf(times.at(-1) - times[0]) : 1;
  for (let time = Math.ceil(times[0] / run) * run; time <= times.at(-1); time += run) text(`${Math.round(time)}`, { x: x(time), y: high - bottom + 17 }, { 'text-anchor': 'middle' });
  text(t(mri.facts.seconds ? 'mri_axis_seconds' : 'mri_axis_phase'), { x: wide - right, y: high - 2 }, { 'text-anchor': 'end' });
  made.push(draws('line', { x1: x(times[mri.phase]), x2: x(times[mri.phase]), y1: top, y2: high - bottom, class: 'now' }));
  text('%', { x: 4, y: 16 });
  for (const { values: own, look } of [...lines].reverse()) {
    made.push(draws('polyline', { points: own.map((value, place) => `${x(times[place])},${y(value)}`).join(' '), class: `line ${look}` }));
    own.forEach((value, place) => made.push(draws('circle', { cx: x(times[place]), cy: y(value), r: look === 'own' ? 4 : 3, class: `dot ${look}` })));
  }
  return made;
}

function showCurveTable(own, lesion, lines) {
  const table = find('mri_curve_table'), columns = [own && { measures: own.measures, type: own.type }, lesion && { measures: lesion.measures, type: lesion.worst }].filter(Boolean);
  table.hidden = !columns.length;
  const head = make('tr', ''), rows = CURVE_ROWS.filter(([name]) => columns.some(({ measures }) => name in measures));
  make('th', '', head);
  for (const { name } of lines) { const cell = make('th', '', head); cell.scope = 'col'; cell.textContent = name; }
  const body = rows.map(([name, said]) => rowOf(t(`mri_measure_${name}`), columns.map(({ measures }) => (name in measures ? said(measures[name]) : '–'))));
  body.push(rowOf(t('mri_type'), columns.map(({ type }) => (type ? t(`mri_type_${type}`) : '–'))));
  table.replaceChildren(head, ...body);
}
