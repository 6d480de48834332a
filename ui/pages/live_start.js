// Buttons and keys, then the first words and the connection.

function freeze() {
  if (view.shown === null) return;
  view.frozen = !view.frozen;
  view.gone = false;
  endCine();
  endWhy();
  say(view.frozen ? `freeze:${view.shown.sequence}` : 'resume');
  refresh();
}

const whyOf = (slot) => toggleWhy(view.shown.findings[slot].finding);

function toggleOverlay() {
  view.overlay = !view.overlay;
  draw();
  refresh();
}

async function align() {
  try {
    const { aligned } = await ask('/live/align', { aligned: !view.newest?.aligned });
    tell(t(aligned ? 'aligned' : 'lowest_lag'));
  } catch (error) { tell(error.message); }
}

async function snapshot() {
  if (view.shown === null) return;
  if (view.gone) { tell(t('gone')); return; }
  try {
    const saved = await ask('/live/snapshot', { sequence: view.shown.sequence, calipers: wholePairs() });
    tell(t('saved', saved));
  } catch (error) { tell(error.message); }
}

function showWords() {
  writeWords();
  showTheme();
  operatingPoint();
  showRecording();
  showStrip();
  for (const button of find('choices').children) button.textContent = sourceWord(button.dataset.source);
  notice = '';
  refresh();
  everySecond();
}

const openKeys = () => find('keys_dialog').showModal();
const KEYS = {
  ' ': freeze, arrowleft: () => stepCine(-1), arrowright: () => stepCine(1), e: openExam, a: align, r: record, w: pressWhy, o: toggleOverlay, s: snapshot, l: switchLanguage, t: switchTheme, '?': openKeys,
};

function press(event) {
  const action = KEYS[event.key.toLowerCase()];
  const runs = event.key.startsWith('Arrow');
  if (!action || (event.repeat && !runs) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (element.querySelector('dialog[open]')) return;
  // A button reached with the keyboard keeps its own space bar.
  if (event.key === ' ' && event.target.matches('button')) return;
  if (runs && (!view.frozen || event.target.matches('input[type=range]'))) return;
  event.preventDefault();
  action();
}

function listen() {
  listenToClicks({
    freeze, record, overlay: toggleOverlay, snapshot, language: switchLanguage, theme: switchTheme,
    cine_back: () => stepCine(-1), cine_on: () => stepCine(1), open_keys: openKeys, open_source: openSource, open_exam: openExam,
    exam_close: () => find('exam_dialog').close(), dialog_close: () => dialog.close(),
    dialog_back: () => goTo(choice.step - 1), dialog_next: goOn,
    whole: () => setFraming('whole'),
    find_field: () => setFraming('found'),
    why_0: () => whyOf(0), why_1: () => whyOf(1), why_2: () => whyOf(2),
    measures_0: () => toggleMeasures(0), measures_1: () => toggleMeasures(1), measures_2: () => toggleMeasures(2),
  });
  find('path_form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (find('path').value.trim()) trySource(find('path').value.trim());
  });
  find('exam_form').addEventListener('submit', endExam);
  find('cine').addEventListener('input', (event) => lookAt(Number(event.target.value)));
  listenToCorners();
  find('area').addEventListener('pointerup', framedByHand);
  for (const index of [0, 1, 2, 3]) find(`area_${index}`).addEventListener('change', framedByHand);
  dialog.addEventListener('close', () => choice.waiting?.abort());
  document.addEventListener('keydown', press);
  new ResizeObserver(fit).observe(find('room'));
}

async function askOnFirstRun() {
  try {
    // The calibration page leads here by the fragment, and a study that asks for ultrasound.
    const study = /^#exam=(\d+)$/.exec(location.hash)?.[1];
    if (study) { openExam(); await suggestPatient(study); } else if (location.hash === '#source' || (await ask('/live/sources')).first_run) openSource();
  } catch (error) { tell(error.message); }
}

for (const part of ['why_key', 'why_key_said']) find(part).hidden = !props.explains;
showWords();
learnDuties();
listen();
connect();
listenToCalipers();
listenToStrip();
setInterval(askRecording, 1000);
setInterval(noticeStale, 100);
setInterval(everySecond, 1000);
askOnFirstRun();
