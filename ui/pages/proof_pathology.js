// What became of an exam: rows that are only added, and the form that adds one.

const FORM = ['outcome', 'laterality', 'found_on', 'finding', 'source', 'corrects'];
const SIDES = { '': 'proof_side_whole', L: 'side_L', R: 'side_R' };
const asked = { refused: [], said: null };

async function showExam(event) {
  event?.preventDefault();
  const text = find('exam_number').value.trim();
  if (!/^[1-9]\d{0,8}$/.test(text)) { write('exam_said', t('proof_exam_unknown')); return; }
  let exam;
  try { exam = await ask(`/log/exams/${text}/pathology`); } catch (error) { write('exam_said', error.message); return; }
  // Another exam's rows must not be corrected by this one's.
  if (page.exam?.exam !== exam.exam) find('corrects').value = '';
  Object.assign(page, { exam });
  Object.assign(asked, { refused: [], said: null });
  showPathology();
}

function offer(part, options, now) {
  find(part).replaceChildren(...options.map(([value, words]) => Object.assign(make('option', ''), { value, textContent: words })));
  find(part).value = now;
}

function showPathology() {
  const { exam } = page, corrects = find('corrects').value, outcomes = ['tissue', 'clear_tissue', 'followed', ...(corrects ? ['withdrawn'] : [])];
  const before = find('outcome').value, side = find('laterality').value;
  find('exam_part').hidden = exam === null;
  offer('outcome', [['', t('proof_outcome_choose')], ...outcomes.map((code) => [code, t(`proof_outcome_${code}`)])], outcomes.includes(before) ? before : '');
  offer('laterality', Object.entries(SIDES).map(([code, key]) => [code, t(key)]), side);
  for (const name of ['outcome', 'laterality', 'found_on', 'finding']) {
    const refused = asked.refused.find(({ field }) => field === name);
    write(`why_${name}`, refused ? whySaid(refused) : '');
    if (refused) find(name).setAttribute('aria-invalid', 'true'); else find(name).removeAttribute('aria-invalid');
  }
  const whole = asked.refused.find(({ field }) => field === '');
  write('pathology_said', whole ? sentence(whole) : asked.refused.length ? t('proof_wrong') : asked.said ? t(asked.said) : '');
  if (exam === null) return;
  write('exam_said', t('proof_exam_shown', { n: exam.exam, name: exam.name || t('no_name'), date: exam.study_date || '–', modality: exam.modality }));
  const holding = exam.rows.filter(({ holds }) => holds);
  offer('corrects', [['', t('proof_corrects_none')], ...holding.map((row) => [`${row.number}`, rowSaid(row)])], holding.some(({ number }) => `${number}` === corrects) ? corrects : '');
  find('rows').replaceChildren(...(exam.rows.length ? exam.rows.map(rowItem) : [Object.assign(make('li', 'quiet'), { textContent: t('proof_no_rows') })]));
}

const whySaid = (refused) => (refused.why ? t(`proof_wrong_${refused.why}`) : sentence(refused));
const rowSaid = (row) => t('proof_row', { n: row.number, outcome: t(`proof_outcome_${row.outcome}`), side: [t(SIDES[row.laterality]), row.finding && t('proof_row_finding', { n: row.finding })].filter(Boolean).join(', '), date: row.found_on });

function rowItem(row) {
  const item = make('li', row.holds ? '' : 'gone');
  make('span', '', item).textContent = rowSaid(row);
  const more = [row.source, t('proof_row_by', { who: row.who, at: whenOf(row.made_at) }), !row.holds && t('proof_row_old')];
  make('span', 'quiet', item).textContent = more.filter(Boolean).join(' · ');
  return item;
}

async function keepPathology(event) {
  event.preventDefault();
  const given = Object.fromEntries(FORM.map((name) => [name, find(name).value]));
  const body = { ...given, corrects: given.corrects ? Number(given.corrects) : null };
  let answer;
  try { answer = await ask(`/log/exams/${page.exam.exam}/pathology`, body); } catch (error) { write('pathology_said', error.message); return; }
  page.exam = answer;
  Object.assign(asked, { refused: answer.refused, said: answer.refused.length ? null : 'proof_kept' });
  // Only what was kept is emptied.
  if (!answer.refused.length) for (const name of FORM) find(name).value = '';
  showPathology();
  const first = answer.refused.find(({ field }) => field);
  if (first) find(first.field).focus();
}

function listenToPathology() {
  find('exam_form').addEventListener('submit', showExam);
  find('pathology_form').addEventListener('submit', keepPathology);
  find('corrects').addEventListener('change', showPathology);
}

function openAskedExam() {
  const exam = Number(new URLSearchParams(location.search).get('exam'));
  if (!Number.isInteger(exam) || exam < 1) return;
  find('exam_number').value = exam;
  showExam();
}
