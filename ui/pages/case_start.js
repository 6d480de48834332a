// Buttons, then the first words and the one question.

function showWords() {
  writeWords();
  showTheme();
  showCase();
}

function showCase() {
  drawBreasts();
  if (page.case === null) return;
  const { name, patient_id: id } = page.case;
  write('patient', name || t('no_name'));
  write('patient_id', id === name ? '' : id);
  showStates({ simulated: page.case.simulated && `◇ ${t('simulated')}` });
  showExams();
  showLesions();
  chooseGroup(page.group);
}

async function openCase() {
  const exam = Number(new URLSearchParams(location.search).get('exam'));
  if (!Number.isInteger(exam) || exam < 1) { tell(t('case_none')); return; }
  tell(t('case_loading'));
  try {
    page.case = await ask(`/study/exams/${exam}/case`);
    find('root').dataset.state = 'open';
    tell('');
  } catch (error) { tell(error.message); return; }
  showCase();
}

showWords();
learnDuties();
find('language').addEventListener('click', switchLanguage);
find('theme').addEventListener('click', switchTheme);
openCase();
