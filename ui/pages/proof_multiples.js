// Calibration by month and by scanner: one small graph for each AI, all on the same scale.

const SMALL = { wide: 320, high: 190, left: 40, right: 10, top: 12, bottom: 44 };
const WIDEST = 6;   // powers of 2, either way from a ratio of 1

// One scale for all graphs, wide enough for every interval; beyond the widest a mark lies on the edge.
function ratiosShown(periods) {
  const ends = periods.flatMap(({ ratio }) => (ratio === null ? [] : [...ratio.ci, ratio.value])).filter((each) => each > 0).map(Math.log2);
  const low = Math.max(-WIDEST, Math.floor(Math.min(-1, ...ends))), high = Math.min(WIDEST, Math.ceil(Math.max(1, ...ends)));
  const step = high - low > 5 ? 2 : 1, first = Math.floor(low / step) * step, last = Math.ceil(high / step) * step;
  return Array.from({ length: (last - first) / step + 1 }, (_, place) => 2 ** (first + place * step));
}

function showCalibration() {
  const { calibration, by_month: months, by_scanner: scanners } = page.shown.study;
  const ais = calibration.filter(({ said }) => roleKey(said) === 'ai'), periods = [...months, ...scanners].filter(({ n }) => n);
  write('calibration_meaning', t(ais.length ? 'proof_calibration_meaning' : 'proof_no_calibration'));
  find('calibration').hidden = !ais.length;
  fillTable('calibration', ['by', 'n', 'slope', 'large', 'brier', 'brier_base'].map((name) => t(`proof_head_${name}`)),
    ais.map((of) => [of.by, `${of.n} / ${of.cancers}`, estimateSaid(of.slope, 2), estimateSaid(of.in_the_large, 2), estimateSaid(of.brier), fixed(of.brier_of_prevalence)]));
  const names = [...new Set(periods.map(({ by }) => by))];
  const shown = ratiosShown(periods);
  find('multiples').replaceChildren(...names.flatMap((by) => [
    ratios(t('proof_by_month', { by }), months.filter((each) => each.by === by && each.n), shown),
    ratios(t('proof_by_scanner', { by }), scanners.filter((each) => each.by === by && each.n), shown),
  ]));
}

const ratioSaid = ({ ratio }) => (ratio === null ? t('proof_too_few_cancers') : estimateSaid(ratio, 2));

function ratios(title, periods, shown) {
  const figure = make('figure', 'multiple'), { wide, high, left, right, top, bottom } = SMALL;
  make('figcaption', '', figure).textContent = title;
  const said = periods.map((each) => t('proof_period_said', { ...each, expected: each.expected.toFixed(1), period: each.period || t('proof_all_scanners'), ratio: ratioSaid(each) }));
  const chart = draws('svg', { viewBox: `0 0 ${wide} ${high}`, class: 'graph', role: 'img', 'aria-label': `${title}. ${said.join('. ')}` }, figure);
  const [low, most] = [shown[0], shown.at(-1)].map(Math.log);
  const y = (ratio) => high - bottom - (Math.log(Math.min(Math.max(ratio, shown[0]), shown.at(-1))) - low) / (most - low) * (high - top - bottom);
  const step = (wide - left - right) / periods.length, x = (place) => left + (place + 0.5) * step;
  const add = (tag, given, words) => { const one = draws(tag, given, chart); if (words !== undefined) one.textContent = words; return one; };
  for (const ratio of shown) {
    add('line', { x1: left, x2: wide - right, y1: y(ratio), y2: y(ratio), class: ratio === 1 ? 'best' : 'grid' });
    add('text', { x: left - 6, y: y(ratio) + 5, 'text-anchor': 'end', class: 'tick' }, ratio < 1 ? `1/${1 / ratio}` : `${ratio}`);
  }
  const every = Math.ceil(periods.length / Math.max(1, Math.floor((wide - left - right) / 58)));
  periods.forEach((each, place) => {
    draws('title', {}, add('g', {})).textContent = said[place];
    if (each.ratio !== null) {
      add('line', { x1: x(place), x2: x(place), y1: y(each.ratio.ci[0]), y2: y(each.ratio.ci[1]), class: 'interval' });
      add('circle', { cx: x(place), cy: y(each.ratio.value), r: 4.5, class: `dot${each.cancers ? '' : ' none'}` });
    }
    if (place % every === 0) labelOf(each.period, step * every).forEach((words, line) => add('text', { x: x(place), y: high - bottom + 17 + line * 15, 'text-anchor': 'middle', class: 'tick' }, words));
  });
  return figure;
}

// Two lines at the most; the whole name is in the label.
function labelOf(period, room) {
  const most = Math.max(4, Math.floor(room / 7.5)), lines = [''];
  for (const word of period.split(' ')) {
    if (`${lines.at(-1)} ${word}`.trim().length <= most || !lines.at(-1)) lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim();
    else lines.push(word);
  }
  const short = (text) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  return lines.length > 2 ? [short(lines[0]), short(`${lines[1]} ${lines[2]}`)] : lines.map(short);
}
