// Buttons and keys, then the first words and the first question.

function showWords() {
  writeWords();
  showTheme();
  notice = '';
  drawLanes();
  const [low, high] = props.operating_point.map((value) => value.toFixed(2));
  write('operating_point', t('operating_point', { low, high }));
  if (picture.header !== null) describePicture();
  if (clip.state !== null && !isOpen()) showOpening();
  refresh();
}

const RUNS = ['arrowleft', 'arrowright'], MOVES = [...RUNS, 'arrowup', 'arrowdown', 'home', 'end'];
const openKeys = () => find('keys_dialog').showModal();
const KEYS = {
  ' ': togglePlay, home: () => go(0), end: () => go(clip.lanes.length - 1), k: nextKeyFrame,
  arrowleft: (event) => step(event.shiftKey ? -10 : -1), arrowright: (event) => step(event.shiftKey ? 10 : 1),
  e: () => (edit.mode === null ? startEdit('points') : endEdit()), p: () => startEdit('points'), b: () => startEdit('brush'),
  z: undoEdit, escape: leave, ',': () => chooseHandle(-1), '.': () => chooseHandle(1),
  l: switchLanguage, t: switchTheme, '?': openKeys,
};

function press(event) {
  const key = event.key.toLowerCase(), { target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || element.querySelector('dialog[open]')) return;
  // A button or link reached with the keyboard keeps its own space bar, a slider its arrows.
  if (key === ' ' && target.matches('button, a')) return;
  if (target.matches('input') && MOVES.includes(key)) return;
  if (edit.drag !== null) return;
  const chosen = /^[1-9]$/.test(key) ? () => select(clip.state?.lesions[Number(key) - 1]?.number) : null;
  const action = KEYS[key] ?? chosen;
  if (pressHandle(event)) { event.preventDefault(); return; }
  if (!action || (event.repeat && !RUNS.includes(key))) return;
  event.preventDefault();
  action(event);
}

function listen() {
  listenToClicks({
    language: switchLanguage, theme: switchTheme, open_keys: openKeys, close_clip: closeClip,
    cancel: () => act('/clip/cancel', {}), play: togglePlay, step_back: () => step(-1), step_on: () => step(1),
    next_key: nextKeyFrame, edit: () => startEdit('points'), points: () => startEdit('points'), brush: () => startEdit('brush'),
    undo: undoEdit, reset: resetOutline, done: endEdit, remark_close: () => find('remark_dialog').close(),
  });
  find('remark_form').addEventListener('submit', saveRemark);
  document.addEventListener('keydown', press);
  new ResizeObserver(fit).observe(find('room'));
}

showWords();
learnDuties();
listen();
listenToTimeline();
listenToPen();
listenToCalipers();
listenToOpening();
listenToExport();
listenToArea();
watchClip();
