// Everything beside the picture: states, measurements and the lesion cards, at fixed places.

const CARDS = 3;
const MOST_STATES = 2;   // more are not read in the two seconds a scanning person has
const GRAVITY = ['lost', 'stale', 'ai_off', 'ai_off_again', 'abstains', 'frozen', 'drawn_on', 'frozen_source', 'ended', 'recording', 'ai_starting', 'uncalibrated'];
const GRAVE = GRAVITY.slice(0, 5);
const OF_PICTURE = ['simulated', 'uncalibrated', 'abstains', 'frozen_source', 'drawn_on'];
const SIGNS = {
  lost: '✕', stale: '◷', ai_off: '⊘', ai_off_again: '⊘', frozen: '❚❚', ended: '■',
  ai_starting: '⋯', recording: '●', abstains: '⊝', frozen_source: '❚❚', drawn_on: '✎', simulated: '◇', uncalibrated: '↔',
};
let notice = '';      // what the last action led to: a saved file, an error

// Called whenever the picture or the loop's state has changed.
function refresh() {
  const { newest, shown } = view;
  if (newest !== null) said(shown ?? newest);
  banners(newest, shown);
  const findings = shown?.findings ?? [];
  for (let slot = 0; slot < CARDS; slot += 1) card(slot, findings[slot]);
  write('more_lesions', findings.length > CARDS ? t('more_lesions', { n: findings.length - CARDS }) : '');
  write('reading_age', shown?.read ? t('reading_age', { n: shown.age_ms }) : '');
  write('message', message(newest));
  showExam(newest);
  showCine();
  write('freeze_word', t(view.frozen ? 'resume' : 'freeze'));
  write('overlay_word', t(view.overlay ? 'overlay_hide' : 'overlay_show'));
  showProgress();
  showWhy();
  showMeasures();
  showCalipers();
}

// Where the picture came from and who read it.
function said({ source, models, engine, server }) {
  write('source_name', sourceWord(source));
  const about = [aboutOf({ models, engine: server ? '' : engine }), asked(engine, server)].filter(Boolean).join(' · ');
  write('about', about);
  find('about').classList.toggle('fell', Boolean(server?.fell));
  // What was proven is of what reads: while nothing does, nothing is claimed.
  const proof = engine && props.proof !== null ? t('proven', { dice: props.proof.toFixed(3) }) : '';
  write('about_again', [about, proof].filter(Boolean).join(', '));
}

// An inference server that is asked, or what reads here in its place, and how often that was so.
function asked(engine, server) {
  if (!server || !engine) return '';
  const { address, here, fell, falls: n } = server;
  if (fell) return t('server_fell', { here, address, n });
  return [t('server_reads', { engine, address }), n && t('server_falls', { n })].filter(Boolean).join(', ');
}

const isStale = () => view.shown !== null && !view.frozen && performance.now() - view.lastFrameAt > STALE_AFTER_MS;

// The one state that comes about because nothing comes.
function noticeStale() {
  if (isStale() !== find('room').classList.contains('old')) refresh();
}

function message(newest) {
  if (view.connection === 'refused') return t('too_many_viewers');
  if (view.connection === 'lost') return t('reconnecting');
  if (notice) return notice;
  if (view.gone) return t('gone');
  if (view.frozen && view.shown.whole === false) return t('only_jpeg');
  if (newest === null) return t('waiting');
  if (newest.progress !== null) return opening(newest.progress);
  if (newest.trouble) return sentence(newest.trouble);
  if (view.shown === null) return t('waiting');
  return caliperHint() || (view.overlay ? '' : t('overlay_hidden'));
}

const opening = (progress) => t('opening', { n: Math.round(progress * 100) });

function tell(text) {
  notice = text;
  refresh();
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { notice = ''; refresh(); }, 8000);
}

// Of the loop: what it says now. Of the picture: what was true of the one that is shown.
function banners(newest, shown) {
  const states = [
    ...(newest?.banners ?? []).filter((state) => !OF_PICTURE.includes(state.key)),
    ...(shown?.banners ?? []).filter((state) => OF_PICTURE.includes(state.key)),
  ];
  if (recording.state?.recording) states.push({ key: 'recording', time: clockOf(recording.state.seconds) });
  const stale = isStale();
  find('room').classList.toggle('old', stale);
  if (stale && !states.some((state) => state.key === 'lost')) states.push({ key: 'stale' });
  if (view.frozen) states.push({ key: 'frozen', count: shown.frame });
  // That nothing of this is real is always said, in a place of its own.
  banner(0, states.find((state) => state.key === 'simulated'));
  const others = states.filter((state) => state.key !== 'simulated')
    .sort((one, other) => GRAVITY.indexOf(one.key) - GRAVITY.indexOf(other.key));
  for (let slot = 0; slot < MOST_STATES; slot += 1) banner(slot + 1, others[slot]);
}

function banner(slot, state) {
  const place = find(`banner_${slot}`);
  place.hidden = state === undefined;
  place.className = state && GRAVE.includes(state.key) ? 'grave' : '';
  write(`banner_${slot}`, state ? `${SIGNS[state.key]} ${t(state.key, { n: state.count, time: state.time, why: state.why && t(`unsuitable_${state.why}`) })}` : '');
}

function card(slot, finding) {
  const place = find(`lesion_${slot}`);
  place.dataset.suspicion = finding?.suspicion ?? 'none';
  const empty = slot === 0 ? nothingMarked() : '';
  const worded = finding !== undefined && finding.suspicion !== 'new';
  write(`title_${slot}`, finding ? titleOf(finding) : empty);
  write(`word_${slot}`, finding ? t(finding.suspicion) : '');
  write(`number_${slot}`, worded ? finding.probability.toFixed(2) : '');
  write(`evidence_${slot}`, finding ? evidenceOf(finding) : '');
  write(`size_${slot}`, finding ? sizeOf(finding) : '');
  write(`interval_${slot}`, finding?.measured ? axesWithin(finding.measured) : '');
  if (slot === 0) find('bar_0').style.transform = `scaleX(${worded ? finding.probability : 0})`;
}

// An AI that did not read has not found the picture free of lesions.
function nothingMarked() {
  if (view.shown?.abstains) return t('not_read');
  return t(view.shown?.read ? 'no_lesion' : 'no_reading');
}

const titleOf = ({ number }) => (number ? t('lesion', { n: number }) : t('new_lesion'));

// How often it was seen, how many of those frames say what it is called, and from where to where.
function evidenceOf({ number, seen, agree, range, own }) {
  if (number === 0) return t('seen_so_far', { n: seen });
  const [low, high] = range.map((value) => value.toFixed(2));
  if (view.frozen) return own === null ? t('not_on_frame', { n: seen }) : t('on_frame', { n: seen, own: own.toFixed(2) });
  return t('evidence', { n: seen, agree, low, high });
}

const sizeOf = ({ measured }) => (measured === null ? t('uncalibrated') : axesOf(measured));

let opened = null;    // the slot whose further measurements are shown

// Below one card, in place of the others: they would not all fit.
function toggleMeasures(slot) {
  opened = opened === slot ? null : slot;
  endWhy();
  draw();
  refresh();
}

function showMeasures() {
  const findings = view.shown?.findings ?? [];
  const scale = findings.find((each) => each.measured !== null)?.measured.scale;
  write('scale_from', scale ? scaleOf(scale) : '');
  if (isExplained()) opened = null;
  const measured = findings[opened]?.measured ?? null;
  find('findings').classList.toggle('measuring', measured !== null);
  for (let slot = 0; slot < CARDS; slot += 1) {
    const own = measured !== null && slot === opened;
    find(`lesion_${slot}`).classList.toggle('opened', own);
    find(`measures_${slot}`).hidden = !findings[slot]?.measured;
    find(`measures_${slot}`).setAttribute('aria-expanded', own);
  }
  find('measures').hidden = measured === null;
  if (measured === null) return;
  for (const name of FURTHER) {
    const [value, within] = furtherOf(measured, name);
    write(`value_${name}`, value);
    write(`within_${name}`, within);
  }
}

function operatingPoint() {
  const [low, high] = props.operating_point.map((value) => value.toFixed(2));
  write('operating_point', t('operating_point', { low, high }));
  find('low_tick').style.left = `${low * 100}%`;
  find('high_tick').style.left = `${high * 100}%`;
}

// Figures that change with every frame could not be read, nor followed by a screen reader.
function everySecond() {
  const { fps, latency_ms } = view.newest ?? {};
  write('frame_rate', fps ? t('frame_rate', { n: fps }) : '');
  write('latency', latency_ms ? t('latency', { n: latency_ms }) : '');
  find('open_source').title = find('source_name').textContent;
  describePicture();
}

function describePicture() {
  const worded = (view.shown?.findings ?? []).filter((finding) => finding.suspicion !== 'new');
  const described = worded.map((finding) => t('said_lesion', {
    lesion: titleOf(finding), word: t(finding.suspicion), p: finding.probability.toFixed(2),
  }));
  canvas.setAttribute('aria-label', described.length ? described.join('; ') : `${t('picture')}: ${nothingMarked()}`);
}
