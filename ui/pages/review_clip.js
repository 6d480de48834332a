// The clip as the server holds it: one at a time, the same for every page that is open.

const WATCH_MS = { reading: 400, other: 1000 };
const clip = {
  state: null,       // as last answered, null before that
  lanes: [],         // of each finished frame: its time, why it was not read, its lesions
  laneVersion: null, // of the state whose lanes are held, null while they still grow
  asked: 0, taken: 0,
  selected: null,    // number of the lesion that keys and buttons are about
};
window.senoscope = { clip, drawn: 0 };
let notice = '';     // what the last action led to
let unanswered = ''; // said as long as the server does not answer

const isOpen = () => clip.state !== null && (clip.state.state === 'reading' || clip.state.frames > 0);
const isReading = () => clip.state?.state === 'reading';
const lesionOf = (number) => clip.state?.lesions.find((each) => each.number === number);
// So long as it is read, the end may not be known.
const total = () => Math.max(clip.lanes.length, clip.state?.frames ?? 0, clip.state?.progress.of ?? 0);

// Ask for something whose answer is the state. Answers may overtake each other: the newest question counts.
async function askState(path, body) {
  const turn = clip.asked += 1;
  const state = await ask(path, body);
  if (turn < clip.taken) return;
  clip.taken = turn;
  takeState(state);
}

function takeState(state) {
  const before = clip.state;
  const changed = before?.version !== state.version;
  clip.state = state;
  const begunAnew = isReading() && (before?.state !== 'reading' || state.frames < clip.lanes.length);
  if (!isOpen() || before?.name !== state.name || begunAnew) forgetClip();
  if (before === null || before.state !== state.state) showOpening();
  if (changed) lookAgain();
  refresh();
}

function forgetClip() {
  Object.assign(clip, { lanes: [], laneVersion: null, selected: null });
  forgetPicture();
}

// What an outline or a remark changes is asked for again as a whole; while it is read, only what is new.
async function askLanes() {
  if (!isOpen()) return;
  const { name, version } = clip.state, whole = !isReading();
  if (whole && clip.laneVersion === version) return;
  const answer = await ask(`/clip/lanes?since=${whole ? 0 : clip.lanes.length}`);
  if (clip.state.name !== name || answer.from > clip.lanes.length) return;
  clip.lanes = clip.lanes.slice(0, answer.from).concat(answer.frames);
  clip.laneVersion = whole ? version : null;
  if (nothingShown() && clip.lanes.length) look(0);
  drawLanes();
}

async function watchClip() {
  try {
    await askState('/clip');
    await askLanes();
    unanswered = '';
  } catch (error) { unanswered = error.message; }
  refresh();
  setTimeout(watchClip, WATCH_MS[clip.state?.state] ?? WATCH_MS.other);
}

// An action of the reader's: what goes wrong is said.
async function act(path, body) {
  try {
    await askState(path, body);
    await askLanes();
  } catch (error) { tell(error.message); }
}

async function closeClip() {
  const judged = clip.state.lesions.some((each) => each.edited.length || each.note || each.verdict !== 'open');
  await act('/clip/close', {});
  if (judged && !isOpen()) tell(t('clip_kept'));
}

// Called whenever the clip or what is shown of it has changed.
function refresh() {
  const { state } = clip;
  if (state === null) { write('message', unanswered); return; }
  find('root').dataset.state = isOpen() ? 'open' : 'empty';
  find('open').hidden = isOpen();
  showClip(state);
  showBanners(state);
  showLesions(state);
  showMoment();
  showTools();
  showCalipers();
  write('message', unanswered || notice || editHint() || caliperHint() || outcome(state));
}

function outcome({ state, message }) {
  if (state === 'failed') return sentence({ kind: 'SourceError', message });
  return state === 'cancelled' ? t('reading_cancelled', { n: clip.state.frames }) : '';
}

function showClip({ name, progress, frames, rate_hz: rate, size, same, models, engine }) {
  write('clip_name', isOpen() ? name : t('no_clip'));
  find('clip_name').title = name;
  find('close_clip').hidden = !isOpen();
  find('reading').hidden = !isReading();
  const { read, of, left_s: left } = progress;
  write('reading_said', [
    of === null ? t('read_so_far', { n: read }) : t('read_of', { n: read, of }),
    left === null ? '' : t('time_left', { time: clockOf(Math.ceil(left)) }),
  ].filter(Boolean).join(', '));
  if (of) find('reading_progress').value = read / of; else find('reading_progress').removeAttribute('value');
  const facts = [t('frame_count', { n: frames }), t('frame_rate', { n: Math.round(rate) }), size && t('pixels', { columns: size[0], rows: size[1] })];
  write('clip_facts', isOpen() ? facts.filter(Boolean).join(' · ') : '');
  find('clip_same').hidden = !same;
  write('clip_same', same ? t('same', { same: same.same, n: same.compared }) : '');
  write('about', aboutOf({ models, engine }));
}

function showBanners({ simulated, calibrated }) {
  const header = picture.header;
  showStates({
    simulated: isOpen() && simulated && `◇ ${t('simulated')}`,
    uncalibrated: isOpen() && !calibrated && `↔ ${t('uncalibrated')}`,
    abstains: header?.why && `⊝ ${t('abstains', { why: t(`unsuitable_${header.why}`) })}`,
    edited: header?.findings.some((each) => each.edited) && `✎ ${t('edited_here')}`,
  });
}

function tell(text) {
  notice = text;
  refresh();
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { notice = ''; refresh(); }, 8000);
}
