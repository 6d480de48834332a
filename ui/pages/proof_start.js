// Asking for a study, exports, buttons, then the first words and the first question.

function showWords() {
  writeWords();
  showTheme();
  showStudy();
  showPathology();
}

function showStudy() {
  write('of_what', page.file === null ? t('proof_of_store') : t('proof_of_file', { name: page.file }));
  find('own').hidden = page.file === null;
  find('again').hidden = page.file !== null;
  for (const part of ['export_log', 'export_study']) find(part).disabled = page.shown === null || (part === 'export_log' && page.file !== null);
  for (const name of CARDS) find(`${name}_card`).hidden = true;
  showStates({ simulated: page.shown?.simulated && `◇ ${t('proof_simulated')}` });
  if (page.shown === null) return;
  const { study } = page.shown, is = study.counted.entries > 0;
  find('root').dataset.state = is ? 'shown' : 'empty';
  find('empty_card').hidden = is;
  if (!is) return;
  for (const name of ['counts', 'overrides']) find(`${name}_card`).hidden = false;
  for (const name of ['roc', 'accuracy']) find(`${name}_card`).hidden = !study.figures.length;
  find('calibration_card').hidden = !study.calibration.length;
  showCounts();
  showRoles();
  drawRoc();
  showAccuracy();
  showKappa();
  showOverrides();
  showCalibration();
  showDrift();
}

// One at a time; the newest question's answer is shown.
async function compute(question, file) {
  if (page.busy) return;
  page.busy = true;
  tell(t('proof_computing'));
  try {
    page.shown = await question();
    page.file = file;
    page.marked = null;
    tell('');
    showStudy();
  } catch (error) { tell(error.message); }
  page.busy = false;
}

const computeOwn = () => compute(() => ask('/log/study', {}), null);

function openLog(event) {
  const [file] = event.target.files;
  if (file) compute(() => sendBody('/log/file', file, {}, () => {}), file.name);
  event.target.value = '';
}

async function exportLog() {
  try {
    const answer = await answerTo('/log/table', {});
    if (!answer.ok) throw new Error(sentence(await answer.json()));
    saveAs('reader_log.zip', await answer.blob(), 'application/zip');
  } catch (error) { tell(error.message || t('no_answer')); }
}

showWords();
listenToPathology();
find('language').addEventListener('click', switchLanguage);
find('theme').addEventListener('click', switchTheme);
find('again').addEventListener('click', computeOwn);
find('own').addEventListener('click', computeOwn);
find('open_log').addEventListener('click', () => find('file').click());
find('file').addEventListener('change', openLog);
find('export_log').addEventListener('click', exportLog);
find('export_study').addEventListener('click', () => saveAs('reader_study.json', JSON.stringify(page.shown, null, 1), 'application/json'));
openAskedExam();
// Who may not look is told so, not refused.
learnDuties().then(() => { if (person === null || person.duties.includes('review')) computeOwn(); else tell(mayNot()); }, (error) => tell(error.message));
