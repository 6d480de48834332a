// What each input adds to the fusion: bars from the base to the sum, one under the other.

const BARS = { wide: 640, names: 290, right: 96, row: 30, top: 8, axis: 40 };

const oddsSaid = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
const logistic = (value) => 1 / (1 + Math.exp(-value));

function valueSaid({ name, value }) {
  const plain = `${Number(value.toFixed(value < 10 ? 2 : 1))}`;
  switch (name) {
    case 'age': return `${plain} ${t('risk_unit_years')}`;
    case 'bcrat': return `${plain} %`;
    case 'density': return 'abcd'[Math.round(value) - 1];
    case 'bmi': return `${plain} kg/m²`;
    case 'polygenic': return `${plain} SD`;
    case 'pathology': return t('risk_of_pathology', { n: plain });
    case 'brca': return t(value ? 'risk_choice_yes' : 'risk_choice_no');
    default: return plain;
  }
}

function showFusion() {
  const { fusion } = page.result;
  write('fusion_trouble', fusion.trouble ? sentence(fusion.trouble) : '');
  for (const part of ['fusion_said', 'fusion_chart', 'fusion_missing']) find(part).toggleAttribute('hidden', Boolean(fusion.trouble));
  listCautions('fusion_cautions', fusion.cautions ?? []);
  if (fusion.trouble) return;
  const digits = (percent) => percent.toFixed(percent < 10 ? 1 : 0);
  write('fusion_said', t('risk_fusion_said', { p: digits(fusion.percent), low: digits(fusion.lower_percent), high: digits(fusion.upper_percent) }));
  const missing = fusion.terms.filter(({ value }) => value === null).map(({ name }) => t(`risk_term_${name}`));
  write('fusion_missing', missing.length ? t('risk_adds_nothing', { names: missing.join(language === 'zh' ? '、' : ', ') }) : '');
  drawFusion(fusion);
}

// Each bar begins where the last one ended.
function barsOf({ base_log_odds: base, terms }) {
  let at = base;
  const bars = [{ name: `${t('risk_fusion_base')}: ${percentSaid(100 * logistic(base))}`, from: base, to: base, said: base.toFixed(2).replace('-', '−'), kind: 'base' }];
  for (const term of terms.filter(({ value }) => value !== null)) {
    bars.push({ name: `${t(`risk_term_${term.name}`)}: ${valueSaid(term)}`, from: at, to: at + term.log_odds, said: oddsSaid(term.log_odds), kind: term.log_odds < 0 ? 'lowers' : 'raises' });
    at += term.log_odds;
  }
  return [...bars, { name: `${t('risk_fusion_sum')}: ${percentSaid(100 * logistic(at))}`, from: at, to: at, said: at.toFixed(2).replace('-', '−'), kind: 'base' }];
}

function drawFusion(fusion) {
  const bars = barsOf(fusion), { wide, names, right, row, top, axis } = BARS, chart = find('fusion_chart');
  const ends = bars.flatMap(({ from, to }) => [from, to]), low = Math.min(...ends) - 0.3, high = Math.max(...ends) + 0.3;
  const x = (value) => names + (value - low) / (high - low) * (wide - names - right), bottom = top + bars.length * row;
  chart.setAttribute('viewBox', `0 0 ${wide} ${bottom + axis}`);
  chart.setAttribute('aria-label', `${t('risk_fusion_chart')}. ${bars.map(({ name, said }) => `${name}: ${said}`).join('. ')}`);
  const made = [];
  const add = (tag, given, words) => { const one = draws(tag, given); if (words !== undefined) one.textContent = words; made.push(one); };
  const step = stepOf(high - low);
  add('text', { x: names - 10, y: bottom + 16, 'text-anchor': 'end', class: 'tick' }, t('risk_log_odds'));
  add('text', { x: names - 10, y: bottom + 34, 'text-anchor': 'end', class: 'tick' }, t('risk_within_five_years'));
  for (let value = Math.ceil(low / step) * step; value <= high; value += step) {
    add('line', { x1: x(value), x2: x(value), y1: top, y2: bottom, class: 'grid' });
    add('text', { x: x(value), y: bottom + 16, 'text-anchor': 'middle', class: 'tick' }, value.toFixed(step < 1 ? 1 : 0).replace('-', '−'));
    add('text', { x: x(value), y: bottom + 34, 'text-anchor': 'middle', class: 'tick' }, percentSaid(100 * logistic(value)));
  }
  bars.forEach(({ name, from, to, said, kind }, place) => {
    const y = top + place * row, left = Math.min(x(from), x(to)), across = Math.abs(x(to) - x(from));
    add('text', { x: names - 10, y: y + 20, 'text-anchor': 'end' }, name);
    if (kind === 'base') add('line', { x1: x(to), x2: x(to), y1: y + 3, y2: y + row - 3, class: 'mark' });
    else add('rect', { x: left, y: y + 6, width: Math.max(across, 1), height: row - 12, class: kind });
    if (place < bars.length - 1) add('line', { x1: x(to), x2: x(to), y1: y + row - 6, y2: y + row + 6, class: 'joint' });
    add('text', { x: Math.max(x(from), x(to)) + 8, y: y + 20 }, said);
  });
  chart.replaceChildren(...made);
}
