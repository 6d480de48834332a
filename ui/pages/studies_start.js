// Buttons, then the first words and the first question.

function showWords() {
  writeWords();
  showTheme();
  fillAssessments();
  drawList();
  writeHung();
  showMri();
  showCards();
  draw();
  if (drawing.number !== null) sayDrawing();
}

function listen() {
  const clicks = {
    language: switchLanguage, theme: switchTheme,
    quality_more: () => { wholeReport = !wholeReport; showQuality(page.exam.quality); },
  };
  for (const [part, action] of Object.entries(clicks)) find(part).addEventListener('click', action);
  const forms = { alone_form: readAlone, sign_form: sign, send_form: sendResults, search_form: (event) => { event.preventDefault(); showList(); } };
  for (const [part, action] of Object.entries(forms)) find(part).addEventListener('submit', action);
  find('search').addEventListener('input', showList);
  find('search_state').addEventListener('change', showList);
}

// An address may name an exam by its number, and nothing else of it.
function openAsked() {
  const number = Number(new URLSearchParams(location.search).get('exam'));
  if (Number.isInteger(number) && number > 0) openExam(number);
}

showWords();
learnDuties();
listen();
listenToUpload();
listenToPicture();
listenToHanging();
listenToMri();
listenToDrawing();
listenToRegion();
listenToExport();
showList();
openAsked();
setInterval(showList, LIST_MS);
watch();
