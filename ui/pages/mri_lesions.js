// The table of lesions, and how they changed since another exam of the same patient.

const mmSaid = (n) => (n === null ? '–' : `${n.toFixed(0)} mm`);
const mlSaid = (n) => `${n.toFixed(n < 10 ? 2 : 1)} ml`;
const LESION_ROWS = [
  ['side', ({ side }) => (side ? t(`side_${side}`) : '–')],
  ['extent', ({ extent_mm: mm }) => `${mm.map((each) => each.toFixed(0)).join(' × ')} mm`],
  ['longest', ({ longest_mm: mm }) => mmSaid(mm)],
  ['volume', ({ volume_ml: ml }) => mlSaid(ml)],
  ['functional', ({ functional_ml: ml }) => mlSaid(ml)],
  ['shares', ({ shares }) => `${shares.map((each) => Math.round(100 * each)).join(' / ')} %`],
  ['worst', ({ worst }) => t(`mri_type_${worst}`)],
  ['nipple', ({ nipple_mm: mm }) => mmSaid(mm)],
  ['skin', ({ skin_mm: mm }) => mmSaid(mm)],
  ['words', ({ words }) => Object.values(words).map((each) => t(keyOf(each))).join(', ') || '–'],
  ['score', ({ score }) => score.toFixed(2)],
];
const COMPARED = [['longest', 'longest_mm', mmSaid], ['volume', 'volume_ml', mlSaid], ['functional', 'functional_ml', mlSaid]];
const changeSaid = (now, before) => (before > 0 ? `${now >= before ? '+' : '−'}${Math.abs(100 * (now - before) / before).toFixed(0)} %` : '–');

function showMriCards() {
  const on = Boolean(page.exam?.mri) && hung.plan === null && mri.facts !== null;
  find('mri_lesions_card').hidden = !on || !mri.facts?.analysis;
  find('mri_phases_card').hidden = !on;
  showMriCurve();
  if (!on) return;
  showPhaseTable();
  if (mri.facts.analysis) { showLesions(); showPriors(); }
}

// A column for each lesion: few are found, and much is said of each.
function showLesions() {
  const lesions = mriLesions(), { dense_percent: dense, background_percent: rise, troubles, settings } = mri.facts.analysis;
  const sides = (numbers) => ['R', 'L'].filter((side) => side in numbers).map((side) => `${t(`side_${side}`)} ${numbers[side].toFixed(0)} %`).join(', ') || ('both' in numbers ? `${numbers.both.toFixed(0)} %` : '–');
  write('mri_tissue', [t('mri_gland', { sides: sides(dense) }), t('mri_background', { sides: sides(rise) })].join(' '));
  write('mri_thresholds', t('mri_thresholds', { early: settings.early_percent, share: 100 * settings.background_share, ser: settings.ser_from, n: settings.neighbours }));
  write('mri_troubles', troubles.join(' '));
  showNetworks();
  write('mri_no_lesions', lesions.length ? '' : t('mri_no_lesions'));
  const table = find('mri_lesions'), head = make('tr', '');
  table.hidden = !lesions.length;
  make('th', '', head);
  for (const lesion of lesions) {
    const cell = make('th', '', head), button = make('button', '', cell);
    cell.scope = 'col';
    button.textContent = String(lesion.number);
    button.ariaLabel = t('mri_go_to', { n: lesion.number });
    button.ariaPressed = lesion.number === mri.lesion;
    button.onclick = () => goToLesion(lesion.number);
  }
  const rows = LESION_ROWS.map(([name, said]) => rowOf(t(`mri_row_${name}`), lesions.map(said)));
  for (const row of rows) [...row.querySelectorAll('td')].forEach((cell, place) => { cell.classList.toggle('chosen', lesions[place].number === mri.lesion); cell.onclick = () => goToLesion(lesions[place].number); });
  table.replaceChildren(head, ...rows);
}

// What users' own networks outline stands beside the lesions; each is drawn unless it is switched off.
function showNetworks() {
  const room = find('mri_networks'), networks = mriNetworks();
  room.hidden = !networks.length;
  const focused = [...room.querySelectorAll('input')].indexOf(document.activeElement);
  room.replaceChildren(...networks.map((network, place) => networkSwitch(network, place)));
  if (focused >= 0) room.querySelectorAll('input')[focused]?.focus();
}

function networkSwitch({ title, target, volume_ml: ml, agreement }, place) {
  const label = make('label', 'mri-check'), input = make('input', '', label), swatch = make('i', '', label), said = make('span', '', label);
  Object.assign(input, { type: 'checkbox', checked: !mri.hidden.includes(place) });
  input.onchange = () => { mri.hidden = input.checked ? mri.hidden.filter((each) => each !== place) : [...mri.hidden, place]; showMri(); };
  swatch.style.borderColor = networkColour(place);
  const found = agreement === null ? t('mri_network_none') : t('mri_network_said', { volume: mlSaid(ml), dice: agreement.toFixed(2) });
  said.textContent = t(`mri_network_${target}`, { n: place + 1, by: title, found });
  return label;
}

async function askPriors() {
  const turn = mri.asked;
  try {
    const found = await ask(`/study/exams/${page.number}/mri/priors`);
    if (turn !== mri.asked) return;
    mri.priors = found;
  } catch (error) { tell(error.message); }
  showPriors();
}

function showPriors() {
  find('mri_priors').hidden = !mri.priors.length || !mri.facts?.analysis;
  const choices = ['', ...mri.priors.map(({ number: n }) => String(n))], dates = new Map(mri.priors.map((each) => [String(each.number), each.study_date]));
  fillChoices('mri_prior', choices, (each) => (each ? t('mri_prior_of', { date: dates.get(each) || '–', n: each }) : t('mri_prior_none')), mri.prior?.exam ?? '');
  showCompared();
}

async function comparePrior(exam) {
  mri.prior = null;
  if (exam) {
    const turn = mri.asked, found = await act(`/study/exams/${page.number}/mri/priors/${exam}`);
    if (turn !== mri.asked) return;
    if (found !== null) mri.prior = { ...found, exam };
  }
  showPriors();
}

// Each lesion with what it was, which a reader may choose otherwise.
function showCompared() {
  const { prior } = mri, room = find('mri_compared');
  room.hidden = prior === null;
  if (prior === null) { room.replaceChildren(); return; }
  const whole = comparedTable([['functional', prior.functional_ml.now, prior.functional_ml.before, mlSaid]], t('mri_all_lesions'));
  const used = new Set(Object.values(prior.pairs));
  const gone = prior.before.filter(({ number: n }) => !used.has(n)).map((each) => t('mri_gone', { n: each.number, side: each.side ? t(`side_${each.side}`) : '–', mm: each.longest_mm.toFixed(0) }));
  const said = gone.map((text) => { const line = make('p', 'quiet'); line.textContent = text; return line; });
  room.replaceChildren(whole, ...prior.now.map(comparedLesion), ...said);
}

function comparedLesion(lesion) {
  const { prior } = mri, part = make('div', 'mri-change'), label = make('label', '', part), choice = make('select', '');
  make('span', '', label).textContent = t('mri_was', { n: lesion.number });
  label.append(choice);
  choice.replaceChildren(new Option(t('mri_was_none'), ''), ...prior.before.map((each) => new Option(t('mri_was_lesion', { n: each.number, mm: each.longest_mm.toFixed(0) }), each.number)));
  choice.value = String(prior.pairs[lesion.number] ?? '');
  choice.onchange = () => {
    if (choice.value) prior.pairs[lesion.number] = Number(choice.value); else delete prior.pairs[lesion.number];
    showCompared();
    find('mri_compared').querySelectorAll('select')[prior.now.indexOf(lesion)].focus();
  };
  const before = prior.before.find(({ number: n }) => n === prior.pairs[lesion.number]);
  if (before) part.append(comparedTable(COMPARED.map(([name, key, words]) => [name, lesion[key], before[key], words]), t('lesion', { n: lesion.number })));
  return part;
}

function comparedTable(rows, name) {
  const table = make('table', 'mri-table'), head = make('tr', '', table);
  table.ariaLabel = name;
  for (const text of ['', mri.prior.dates.before, mri.prior.dates.now, t('mri_change')]) { const cell = make('th', '', head); cell.scope = 'col'; cell.textContent = text; }
  table.append(...rows.map(([key, now, before, words]) => rowOf(t(`mri_row_${key}`), [words(before), words(now), changeSaid(now, before)])));
  return table;
}

function listenToPriors() {
  find('mri_prior').addEventListener('change', () => comparePrior(find('mri_prior').value));
}
