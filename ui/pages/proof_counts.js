// The study that is shown, where it comes from, and what is in it.

const page = { shown: null, file: null, exam: null, roles: new Set(['alone', 'with_ai', 'ai']), marked: null, busy: false };
window.senoscope = { page };

const ROLES = ['alone', 'with_ai', 'ai'];
const COUNTED = ['entries', 'patients', 'exams', 'cases', 'with_outcome', 'cancers'];
const CARDS = ['empty', 'counts', 'roc', 'accuracy', 'kappa', 'overrides', 'calibration', 'drift'];

const tell = (text) => write('message', text);
// As the log says it, in the page's keys.
const roleKey = (said) => said.toLowerCase().replace('reader ', '').replace(' ', '_');
const roleOf = (said) => t(`proof_said_${roleKey(said)}`);
const fixed = (value, digits = 3) => (value === null ? '∞' : value.toFixed(digits).replace('-', '−'));
// A value that is none has too few cases behind it; an end that is none has no bound.
const estimateSaid = (of, digits = 3) => (of === null || of.value === null ? t('proof_few') : t('proof_interval', { value: fixed(of.value, digits), low: fixed(of.ci[0], digits), high: fixed(of.ci[1], digits) }));
const dayOf = (at) => at.slice(0, 10);

function showCounts() {
  const { counted } = page.shown.study;
  find('counts').replaceChildren(...COUNTED.map((name) => {
    const pair = make('div', '');
    make('dt', '', pair).textContent = t(`proof_count_${name}`);
    make('dd', '', pair).textContent = counted[name].toLocaleString('en');
    return pair;
  }));
  write('between', counted.first === null ? '' : t('proof_between', { first: dayOf(counted.first), last: dayOf(counted.last) }));
  const left = counted.left_out.map(({ reason, count }) => `${count.toLocaleString('en')} ${t(`proof_left_${reason}`)}`);
  listTexts('left_out', left.length ? left : [t('proof_nothing_left_out')]);
  find('no_outcome').hidden = counted.with_outcome > 0;
}

function listTexts(part, texts) {
  find(part).replaceChildren(...texts.map((text) => Object.assign(make('li', ''), { textContent: text })));
}

// Head and rows of texts; the first cell of a row is its head.
function fillTable(part, heads, rows) {
  const top = make('tr', '');
  for (const name of heads) Object.assign(make('th', '', top), { scope: 'col', textContent: name });
  find(part).replaceChildren(top, ...rows.map(([name, ...cells]) => rowOf(name, cells)));
}
