// Drift: alarms in words, then each trace of sums against its limit.

const scannerSaid = (name) => name || t('proof_all_scanners');

function showDrift() {
  const { drift, not_watched: waiting } = page.shown.study, alarmed = drift.filter(({ alarms }) => alarms.length), quiet = drift.filter(({ alarms }) => !alarms.length);
  const count = alarmed.reduce((sum, { alarms }) => sum + alarms.length, 0);
  find('drift_card').hidden = !drift.length && !waiting.length;
  write('alarm_count', !drift.length ? '' : count ? t('proof_alarm_count', { n: count, of: drift.length }) : t('proof_no_alarms', { n: drift.length }));
  listTexts('alarms', alarmed.flatMap((trace) => trace.alarms.map((alarm) => t('proof_alarm', {
    by: trace.by, scanner: scannerSaid(trace.scanner), what: t(`proof_what_${trace.kind}`), way: t(`proof_way_${alarm.direction}`), since: dayOf(trace.points[alarm.since].at), at: dayOf(alarm.at),
  }))));
  find('traces').replaceChildren(...alarmed.map(traceOf));
  find('quiet_part').hidden = !quiet.length;
  write('quiet_said', t('proof_traces_quiet', { n: quiet.length }));
  find('quiet_traces').replaceChildren(...quiet.map(traceOf));
  listTexts('not_watched', waiting.map((each) => t(`proof_not_watched_${each.kind}`, each)));
}

function traceOf(trace) {
  const { by, scanner, kind, points, alarms, limit, own_reference: own } = trace, figure = make('figure', 'multiple'), { wide, high, left, right, top } = SMALL, bottom = 28;
  const title = t('proof_trace', { by, scanner: scannerSaid(scanner), what: t(`proof_what_${kind}`), n: points.length, alarms: alarms.length });
  make('figcaption', '', figure).textContent = own ? title : `${title}, ${t('proof_other_reference')}`;
  const chart = draws('svg', { viewBox: `0 0 ${wide} ${high}`, class: 'graph', role: 'img', 'aria-label': title }, figure);
  const most = 1.15 * Math.max(limit, ...points.flatMap(({ up, down }) => [up, down]));
  const x = (place) => left + place / Math.max(1, points.length - 1) * (wide - left - right), y = (sum) => high - bottom - sum / most * (high - top - bottom);
  const add = (tag, given, words) => { const one = draws(tag, given, chart); if (words !== undefined) one.textContent = words; };
  add('line', { x1: left, x2: wide - right, y1: y(0), y2: y(0), class: 'grid' });
  add('line', { x1: left, x2: wide - right, y1: y(limit), y2: y(limit), class: 'limit' });
  add('text', { x: left - 6, y: y(limit) + 5, 'text-anchor': 'end', class: 'tick' }, limit.toFixed(1));
  add('text', { x: left - 6, y: y(0) + 5, 'text-anchor': 'end', class: 'tick' }, '0');
  for (const way of ['up', 'down']) add('polyline', { points: points.map((point, place) => `${x(place).toFixed(1)},${y(point[way]).toFixed(1)}`).join(' '), class: `sum ${way}` });
  for (const { place, direction } of alarms) add('path', { d: 'M0-8l7 12h-14z', transform: `translate(${x(place)} ${y(points[place][direction])})`, class: 'alarm' });
  if (points.length) {
    add('text', { x: left, y: high - 6, class: 'tick' }, dayOf(points[0].at));
    add('text', { x: wide - right, y: high - 6, 'text-anchor': 'end', class: 'tick' }, dayOf(points.at(-1).at));
  }
  const keys = make('p', 'keys-of', figure);
  for (const name of ['up', 'down', 'limit', 'alarm']) {
    const key = make('span', '', keys), line = draws('svg', { viewBox: '0 0 28 14', width: 28, height: 14, class: 'graph', 'aria-hidden': 'true' }, key);
    draws('path', name === 'alarm' ? { d: 'M14 1l7 12h-14z', class: 'alarm' } : { d: 'M1 7h26', class: name === 'limit' ? 'limit' : `sum ${name}` }, line);
    make('span', '', key).textContent = t(`proof_line_${name}`);
  }
  return figure;
}
