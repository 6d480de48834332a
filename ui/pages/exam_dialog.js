// Whose exam it is, and its end: nothing of one exam reaches the next.

function showExam(newest) {
  if (newest === null) return;
  const { exam } = newest;
  write('exam_name', exam.patient || t('exam_anonymous', { n: exam.number }));
  // Somebody ended it, here or in another browser.
  if (view.frozen && view.shown.exam.number !== exam.number) freeze();
}

async function openExam() {
  write('exam_trouble', '');
  find('next_patient').value = '';
  for (const part of ['exam_patient', 'exam_began', 'exam_lesions', 'exam_frames']) write(part, '');
  find('exam_dialog').showModal();
  find('next_patient').focus();
  try {
    const exam = await ask('/live/exam');
    write('exam_patient', exam.patient || t('anonymous'));
    write('exam_began', new Date(exam.began_at).toLocaleTimeString('sv-SE'));
    write('exam_lesions', String(exam.lesions));
    write('exam_frames', t('exam_books', exam));
  } catch (error) { write('exam_trouble', error.message); }
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
    tell(t('exam_ended', { ...ended, n: ended.number }));
  } catch (error) { write('exam_trouble', error.message); }
  end.disabled = false;
}
