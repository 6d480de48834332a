// The result as a whole, buttons, then the first words.

function showWords() {
  writeWords();
  showTheme();
  writeFields();
  if (page.result !== null) showResult();
}

function showResult() {
  find('root').dataset.state = 'shown';
  find('begin').hidden = true;
  find('shown').hidden = find('print').hidden = false;
  showBcrat();
  showFusion();
  showOutside();
  showGiven();
}

const givenNow = () => Object.entries(page.given).filter(([, text]) => text.trim() !== '');

function givenSaid(name, text) {
  const { kind } = fields.get(name), unit = unitOf(kind);
  if (isChoice(kind)) return choiceSaid(name, text);
  return unit && unit !== 'date' ? `${text} ${t(`risk_unit_${unit}`)}` : text;
}

function showOutside() {
  const rows = givenNow().filter(([name]) => OUTSIDE.includes(name));
  find('outside_card').hidden = !rows.length;
  writeFigures('outside', rows.map(([name, text]) => [t(`risk_field_${name}`), givenSaid(name, text)]));
}

// For the print, which has no form.
function showGiven() {
  write('given_title', t('risk_given', { date: page.day.toLocaleDateString('sv-SE') }));
  const rows = givenNow().map(([name, text]) => [t(`risk_field_${name}`), givenSaid(name, text)]);
  const missing = [...fields.values()].filter(({ name }) => !page.given[name].trim() && !OUTSIDE.includes(name)).map(({ name }) => t(`risk_field_${name}`));
  writeFigures('given', [...rows, [t('risk_unknown'), missing.join(language === 'zh' ? '、' : ', ')]]);
}

makeFields();
showWords();
learnDuties();
listenToForm();
find('language').addEventListener('click', switchLanguage);
find('theme').addEventListener('click', switchTheme);
find('print').addEventListener('click', () => window.print());
find('span').addEventListener('change', ({ target }) => { Object.assign(page, { span: target.value, crowd: null }); showBcrat(); });
find('crowd').addEventListener('change', ({ target }) => { page.crowd = Number(target.value); showBcrat(); });
fillFromExam();
