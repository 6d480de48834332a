// Whose exam it is, and its end: nothing of one exam reaches the next.

function showExam(newest) {
  if (newest === null) return;
  const { exam } = newest;
  write('exam_name', exam.patient || t('exam_anonymous', { n: exam.number }));
  find('open_exam').title = find('exam_name').textContent;
  // Somebody ended it, here or in another browser.
  if (view.frozen && view.shown.exam.number !== exam.number) freeze();
}

const EXAM_PARTS = ['patient', 'began', 'lesions', 'captured', 'read', 'not_read', 'alike', 'waiting', 'rate', 'stalls'];

function openExam() {
  write('exam_trouble', '');
  find('next_patient').value = '';
  for (const part of EXAM_PARTS) write(`exam_${part}`, '');
  find('exam_dialog').showModal();
  find('next_patient').focus();
  askExam();
}

async function askExam() {
  try {
    const exam = await ask('/live/exam');
    if (!find('exam_dialog').open) return;
    write('exam_patient', exam.patient || t('anonymous'));
    write('exam_began', new Date(exam.began_at).toLocaleTimeString('sv-SE'));
    write('exam_lesions', String(exam.lesions));
    showBooks(exam);
    write('exam_trouble', '');
  } catch (error) { write('exam_trouble', error.message); }
}

// Of the study that leads here: by its number, so that no address holds a patient.
async function suggestPatient(study) {
  const { patient_id: known } = await ask(`/study/exams/${study}`);
  if (find('exam_dialog').open && !find('next_patient').value) find('next_patient').value = known.slice(0, 64);
}

// Every captured frame is in one of the rows below it.
function showBooks({ captured, read, duplicates, dropped, causes, in_flight, actual_hz, ideal_hz, stalls, longest_stall_s }) {
  write('exam_captured', String(captured));
  write('exam_read', String(read));
  const why = Object.entries(causes).map(([cause, n]) => `${n} ${t(`dropped_${cause}`)}`).join(' · ');
  write('exam_not_read', why ? `${dropped}: ${why}` : String(dropped));
  write('exam_alike', String(duplicates));
  write('exam_waiting', String(in_flight));
  write('exam_rate', actual_hz ? t('exam_rate_said', { actual: actual_hz.toFixed(1), ideal: ideal_hz.toFixed(1) }) : '');
  write('exam_stalls', stalls ? t('exam_stalls_said', { n: stalls, longest: longest_stall_s.toFixed(1) }) : String(stalls));
}

async function endExam(event) {
  event.preventDefault();
  const end = find('exam_end');
  if (end.disabled) return;
  end.disabled = true;
  try {
    const ended = await ask('/live/exam', { patient: find('next_patient').value.trim() });
    find('exam_dialog').close();
    if (view.frozen) freeze();
    const said = t('exam_ended', { ...ended, n: ended.number });
    tell(ended.in_studies ? `${said} ${t('exam_in_studies')}` : said);
  } catch (error) { write('exam_trouble', error.message); }
  end.disabled = false;
}

// While it is open: a scan goes on behind it.
setInterval(() => { if (find('exam_dialog').open && !find('exam_end').disabled) askExam(); }, 1000);
