// Absolute risk in plain language: so many of 100 or 1,000 women, drawn one by one.

const PER_ROW = { 100: 10, 1000: 40 };
const WOMAN = 'M5 0a2.1 2.1 0 1 1 0 4.2a2.1 2.1 0 1 1 0-4.2M3.4 4.7h3.2l1.9 5.6h-1.9v3.7h-3.2v-3.7h-1.9z';   // in a box of 10 by 14

const percentSaid = (percent) => `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;

function spanNow() { return page.result.bcrat[page.span]; }

function crowdNow() { return page.crowd ?? spanNow().of; }

function womenSaid(place, who) {
  const of = crowdNow(), count = spanNow().women[of][place];
  const n = count === 0 ? t('risk_fewer') : count === of ? t('risk_nearly') : count.toLocaleString('en');
  return t(`risk_said_${page.span}`, { n, of: of.toLocaleString('en'), who: t(`risk_who_${who}`), rest: (of - count).toLocaleString('en') });
}

function showBcrat() {
  const risk = spanNow(), trouble = risk.trouble;
  fillSelects();
  write('bcrat_trouble', trouble ? `${t('risk_bcrat_none')} ${sentence(trouble)}` : '');
  for (const part of ['crowds', 'bcrat_figures', 'relative_meaning']) find(part).hidden = Boolean(trouble);
  listCautions('bcrat_cautions', trouble ? [] : risk.cautions);
  if (trouble) return;
  find('crowds').replaceChildren(crowd(0, 'her'), crowd(1, 'average'));
  writeFigures('bcrat_figures', [
    [t('risk_absolute'), percentSaid(risk.percent)],
    [t('risk_average_short'), percentSaid(risk.average_percent)],
    [t('risk_relative'), risk.relative.toFixed(2)],
    [t('risk_relative_from_50'), risk.relative_from_50.toFixed(2)],
  ]);
}

function fillSelects() {
  const offer = (part, codes, key, now) => find(part).replaceChildren(...codes.map((code) => {
    const option = make('option', '');
    Object.assign(option, { value: code, textContent: t(`${key}_${code}`), selected: `${code}` === `${now}` });
    return option;
  }));
  offer('span', ['five_years', 'lifetime'], 'risk_span', page.span);
  if (!spanNow().trouble) offer('crowd', Object.keys(PER_ROW), 'risk_crowd', crowdNow());
}

function crowd(place, who) {
  const figure = make('figure', 'crowd'), of = crowdNow(), perRow = PER_ROW[of], said = womenSaid(place, who);
  make('h4', '', figure).textContent = t(`risk_${who}`);
  const svg = draws('svg', { viewBox: `0 0 ${perRow * 10} ${of / perRow * 15}`, role: 'img', 'aria-label': said, class: `women ${who}` }, figure);
  for (let each = 0; each < of; each += 1) {
    const is = each < spanNow().women[of][place];
    draws('path', { d: WOMAN, transform: `translate(${each % perRow * 10} ${Math.floor(each / perRow) * 15})`, class: is ? 'with' : 'without' }, svg);
  }
  make('figcaption', '', figure).textContent = said;
  return figure;
}

function listCautions(part, keys) {
  find(part).replaceChildren(...keys.map((key) => {
    const item = make('li', '');
    item.textContent = t(`risk_caution_${key}`);
    return item;
  }));
}

function writeFigures(part, rows) {
  find(part).replaceChildren(...rows.map(([name, value]) => {
    const pair = make('div', '');
    make('dt', '', pair).textContent = name;
    make('dd', '', pair).textContent = value;
    return pair;
  }));
}
