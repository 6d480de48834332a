// Sending the form, what is refused of it, and filling it from a file or an exam.

const page = { result: null, given: null, span: 'five_years', crowd: null, turn: 0 };
window.senoscope = { page };

const tell = (text) => write('message', text);

async function showRisk(event) {
  event?.preventDefault();
  const turn = page.turn += 1, given = typed();
  tell(t('risk_computing'));
  let answer;
  try { answer = await ask('/facts/risk', { fields: given }); } catch (error) { tell(error.message); return; }
  if (turn !== page.turn) return;
  markRefused(answer.refused);
  if (answer.refused.length) return;
  tell('');
  Object.assign(page, { result: answer.risk, given, day: new Date() });
  find('old').hidden = true;
  showResult();
  find('results_title').focus();
}

// Why stands beside each field; what was typed stays.
function markRefused(refused) {
  for (const field of fields.values()) {
    field.refusal = refused.find((each) => each.field === field.name) ?? null;
    sayField(field);
  }
  if (!refused.length) return;
  tell(t('risk_refused', { n: refused.length }));
  [...fields.values()].find((field) => field.refusal).input.focus();
}

// Into empty fields alone: what a person typed is hers.
function fill(given, sources = {}) {
  const kept = [];
  let count = 0;
  for (const [name, text] of Object.entries(given)) {
    const field = fields.get(name);
    if (!field || text === '') continue;
    if (field.input.value.trim() && field.input.value.trim() !== text) { kept.push(t(`risk_field_${name}`)); continue; }
    field.input.value = text;
    field.source = sources[name] ?? null;
    count += 1;
    sayField(field);
  }
  changed();
  return { count, kept: kept.length ? t('risk_kept_typed', { fields: kept.join(', ') }) : '' };
}

const noteSaid = ({ note, said }) => t(`risk_note_${note}`, said);

async function importFile(event) {
  const [file] = event.target.files;
  if (!file) return;
  try {
    const answer = await sendBody('/facts/file', file, {}, () => {});
    const { count, kept } = fill(answer.fields);
    markRefused(answer.refused);
    tell([t('risk_imported', { n: count }), kept, ...answer.notes.map(noteSaid), answer.refused.length ? t('risk_refused', { n: answer.refused.length }) : ''].filter(Boolean).join(' '));
  } catch (error) { tell(error.message); }
  event.target.value = '';
}

async function fillFromExam() {
  const exam = Number(new URLSearchParams(location.search).get('exam'));
  if (!Number.isInteger(exam) || exam < 1) return;
  try {
    const answer = await ask(`/facts/exams/${exam}`);
    const { count, kept } = fill(answer.fields, answer.sources);
    tell([t('risk_from_exam', { n: count, exam }), kept, ...answer.notes.map(noteSaid)].filter(Boolean).join(' '));
  } catch (error) { tell(error.message); }
}

function clearForm() {
  for (const field of fields.values()) {
    field.input.value = '';
    Object.assign(field, { source: null, refusal: null });
    sayField(field);
  }
  tell('');
  changed();
}

// What is shown is of what was given then.
function changed() {
  find('old').hidden = page.result === null || JSON.stringify(page.given) === JSON.stringify(typed());
}

function listenToForm() {
  find('form').addEventListener('submit', showRisk);
  find('form').addEventListener('input', ({ target }) => {
    const field = fields.get(target.dataset.part);
    Object.assign(field, { source: null, refusal: null });
    sayField(field);
    changed();
  });
  find('import').addEventListener('click', () => find('file').click());
  find('file').addEventListener('change', importFile);
  find('clear').addEventListener('click', clearForm);
  find('save').addEventListener('click', saveGiven);
}

// One row, as the import reads it.
function saveGiven() {
  const given = Object.entries(typed()), cell = (text) => `"${text.replaceAll('"', '""')}"`;
  saveAs('risk_form.csv', `${given.map(([name]) => name).join(',')}\n${given.map(([, text]) => cell(text.trim())).join(',')}\n`, 'text/csv');
}
