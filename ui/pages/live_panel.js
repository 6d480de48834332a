// Everything beside the picture: states, measurements and the lesion cards, at fixed places.

const CARDS = 3;
const GRAVITY = ['lost', 'stale', 'ai_off', 'ai_off_again', 'frozen', 'ended', 'ai_starting', 'simulated', 'uncalibrated'];
const GRAVE = GRAVITY.slice(0, 4);
const SIGNS = {
  lost: '✕', stale: '◷', ai_off: '⊘', ai_off_again: '⊘', frozen: '❚❚', ended: '■',
  ai_starting: '⋯', simulated: '◇', uncalibrated: '↔',
};
let notice = '';      // what the last action led to: a saved file, an error

function refresh() {
  const newest = view.newest, shown = view.shown;
  const stale = shown !== null && !view.frozen && performance.now() - view.lastFrameAt > STALE_AFTER_MS;
  if (newest !== null) measurements(newest);
  banners(newest, shown, stale);
  find('room').classList.toggle('old', stale);
  const findings = shown?.findings ?? [];
  for (let slot = 0; slot < CARDS; slot += 1) card(slot, findings[slot]);
  write('more_lesions', findings.length > CARDS ? t('more_lesions', { n: findings.length - CARDS }) : '');
  write('reading_age', shown?.read ? t('reading_age', { n: shown.age_ms }) : '');
  write('message', message(newest));
  write('freeze_word', t(view.frozen ? 'resume' : 'freeze'));
  write('overlay_word', t(view.overlay ? 'overlay_hide' : 'overlay_show'));
}

function measurements(newest) {
  write('source_name', sourceWord(newest.source));
  write('frame_rate', t('frame_rate', { n: newest.fps }));
  write('latency', newest.latency_ms === null ? '' : t('latency', { n: newest.latency_ms }));
  write('engine', newest.engine);
}

function message(newest) {
  if (view.connection === 'refused') return t('too_many_viewers');
  if (view.connection === 'lost') return t('reconnecting');
  if (notice) return notice;
  if (newest === null) return t('waiting');
  if (newest.progress !== null) return t('opening', { n: Math.round(newest.progress * 100) });
  if (newest.message) return newest.message;
  if (view.shown === null) return t('waiting');
  return view.overlay ? '' : t('overlay_hidden');
}

function tell(text) {
  notice = text;
  refresh();
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { notice = ''; }, 8000);
}

// Of the loop: what it says now. Of the picture: what was true of the one that is shown.
function banners(newest, shown, stale) {
  const ofPicture = ['simulated', 'uncalibrated'];
  const states = [
    ...(newest?.banners ?? []).filter((state) => !ofPicture.includes(state.key)),
    ...(shown?.banners ?? []).filter((state) => ofPicture.includes(state.key)),
  ];
  if (stale && !states.some((state) => state.key === 'lost')) states.push({ key: 'stale' });
  if (view.frozen) states.push({ key: 'frozen' });
  states.sort((one, other) => GRAVITY.indexOf(one.key) - GRAVITY.indexOf(other.key));
  for (const slot of [0, 1]) {
    const state = states[slot], place = find(`banner_${slot}`);
    place.hidden = state === undefined;
    if (state === undefined) { write(`banner_${slot}`, ''); continue; }
    place.className = GRAVE.includes(state.key) ? 'grave' : '';
    write(`banner_${slot}`, `${SIGNS[state.key]} ${t(state.key, { n: state.count })}`);
  }
}

function card(slot, finding) {
  const place = find(`lesion_${slot}`);
  place.dataset.suspicion = finding?.suspicion ?? 'none';
  const empty = slot === 0 ? nothingMarked() : '';
  write(`title_${slot}`, finding ? t('lesion', { n: finding.number }) : empty);
  write(`word_${slot}`, finding ? t(finding.suspicion) : '');
  write(`number_${slot}`, finding ? finding.probability.toFixed(2) : '');
  write(`size_${slot}`, finding ? sizeOf(finding) : '');
  if (slot === 0) find('bar_0').style.transform = `scaleX(${finding?.probability ?? 0})`;
}

// An AI that did not read has not found the picture free of lesions.
function nothingMarked() {
  return t(view.shown?.read ? 'no_lesion' : 'no_reading');
}

function sizeOf(finding) {
  if (finding.axes_mm === null) return t('uncalibrated');
  const [long, short] = finding.axes_mm.map((axis) => axis.toFixed(1));
  return t('axes', { long, short });
}

function operatingPoint() {
  const [low, high] = props.operating_point.map((value) => value.toFixed(2));
  write('operating_point', t('operating_point', { low, high }));
  find('low_tick').style.left = `${low * 100}%`;
  find('high_tick').style.left = `${high * 100}%`;
}

// Said at most once a second: a screen reader cannot follow sixty readings.
function describePicture() {
  const said = (view.shown?.findings ?? []).map((finding) => t('said_lesion', {
    n: finding.number, word: t(finding.suspicion), p: finding.probability.toFixed(2),
  }));
  canvas.setAttribute('aria-label', said.length ? said.join('; ') : `${t('picture')}: ${nothingMarked()}`);
}
