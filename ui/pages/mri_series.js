// A dynamic breast MRI: what is shown of it, and how its pictures are asked for.

const PLANES = ['axial', 'sagittal', 'coronal'], MRI_KINDS = ['phase', 'subtraction', 'projection'];
const UPRIGHT = { axial: 0, coronal: 1, sagittal: 2 };   // the axis of [z, y, x] that stands on the plane
const MRI_WAIT_MS = 500, MOST_BITMAPS = 240;
const MRI_AS_OPENED = {
  set: null, phase: 0, kind: 'phase', beside: false, motion: true, shading: true, outlines: 'lesions', breasts: true, map: 'none', area: 'voxel', zoom: 1,
  width: 1, brighter: 0, early: 70, delayed: 10, voxel: [0, 0, 0], lesion: null, drawn: null, focused: 'axial', single: false, large: null, hidden: [],   // which networks' outlines, by their order
};
const mri = { facts: null, share: null, trouble: '', curve: null, priors: [], prior: null, asked: 0, ...MRI_AS_OPENED };
const mriPictures = new Map();   // by address: a bitmap, outlines, or null while it is asked for
window.senoscope.mri = mri;

const mriShows = () => Boolean(page.exam?.mri) && hung.plan === null && !mri.single && drawing.number === null;
const isMriReady = () => mri.facts?.state === 'ready';
const mriLesions = () => mri.facts?.analysis?.lesions ?? [];
const mriNetworks = () => mri.facts?.analysis?.networks ?? [];
const lesionNow = () => mriLesions().find(({ number: n }) => n === mri.lesion) ?? null;
const mriPath = (part, asked = {}) => {
  const question = new URLSearchParams({ ...(mri.set ? { set: mri.set } : {}), ...asked });
  return `/study/exams/${page.number}/mri${part}?${question}`;
};

function beginMri() {
  leaveMri();
  if (!page.exam?.mri) { showMri(); return false; }
  openWork(false);
  loadMri();
  showMri();
  return true;
}

function leaveMri() {
  clearTimeout(mri.timer);
  forgetMriPictures();
  mri.asked += 1;
  Object.assign(mri, { facts: null, share: null, trouble: '', curve: null, priors: [], prior: null, ...MRI_AS_OPENED });
}

// Loaded, or how far it is; once more after a while. What was chosen stays where it can.
async function loadMri() {
  clearTimeout(mri.timer);
  const turn = mri.asked += 1, { number: exam } = page, set = mri.set ? `?set=${mri.set}` : '';
  try {
    const facts = await ask(`/study/exams/${exam}/mri${set}`);
    if (turn !== mri.asked) return;
    if (facts.state === 'loading') {
      mri.share = facts.share;
      mri.timer = setTimeout(loadMri, MRI_WAIT_MS);
    } else takeMri(facts);
  } catch (error) {
    if (turn !== mri.asked) return;
    mri.trouble = error.message;
  }
  showMri();
}

function takeMri(facts) {
  const before = mri.facts;
  Object.assign(mri, { facts, share: null, trouble: '' });
  forgetMriPictures();
  if (facts.state !== 'ready') return;
  mri.phase = Math.min(before?.set === facts.set ? mri.phase : facts.early, facts.phases.length - 1);
  if (String(before?.shape) !== String(facts.shape)) mri.voxel = facts.shape.map((many) => Math.floor(many / 2));
  const [first] = mriLesions();
  if (before?.analysis == null && first) Object.assign(mri, { lesion: first.number, voxel: [...first.voxel] });
  if (!lesionNow()) mri.lesion = first?.number ?? null;
  askMriCurve();
  askPriors();
}

// Address of a picture as it is chosen now; `more` says what is otherwise.
function mriPicture(plane, more = {}) {
  const at = mri.voxel[UPRIGHT[plane]], { phase, kind, width, brighter } = { ...mri, ...more };
  const asked = { plane, at: kind === 'projection' ? 0 : at, phase, kind, registered: mri.motion, evened: mri.shading };
  if (kind === 'projection' && mri.breasts && mri.facts.analysis) asked.breasts = true;
  if (more.rows) asked.rows = more.rows;
  return mriPath('/picture', { ...asked, width: width.toFixed(2), brighter: brighter.toFixed(2) });
}

const mriMap = (plane) => mriPath('/map', {
  plane, at: mri.voxel[UPRIGHT[plane]], kind: mri.map, early: mri.early, delayed: mri.delayed, ...(mri.breasts && mri.facts.analysis ? { breasts: true } : {}), registered: mri.motion, evened: mri.shading,
});

// What lies under that address, null until it comes; `slot` asks for one thing at a time.
function lookForMri(address, slot) {
  if (mriPictures.has(address)) {
    const found = mriPictures.get(address);
    mriPictures.delete(address);
    mriPictures.set(address, found);
    return found;
  }
  if (!slot.asking) fetchMri(address, slot);
  return null;
}

async function fetchMri(address, slot) {
  slot.asking = true;
  const turn = mri.asked;
  let found;
  try {
    found = address.includes('/outlines?') ? await ask(address) : await createImageBitmap(new Blob([await askBytes(address)]));
  } catch (error) {
    found = { trouble: error.message };
  } finally { slot.asking = false; }
  if (turn !== mri.asked) { found.close?.(); return; }
  mriPictures.set(address, found);
  while (mriPictures.size > MOST_BITMAPS) {
    const [oldest, old] = mriPictures.entries().next().value;
    old?.close?.();
    mriPictures.delete(oldest);
  }
  drawMri();
}

function forgetMriPictures() {
  for (const each of mriPictures.values()) each?.close?.();
  mriPictures.clear();
}

function setVoxel(voxel) {
  mri.voxel = voxel.map((each, axis) => Math.min(Math.max(Math.round(each), 0), mri.facts.shape[axis] - 1));
  askMriCurve();
  drawMri();
}

function stepSlice(plane, by) {
  const voxel = [...mri.voxel];
  voxel[UPRIGHT[plane]] += plane === 'axial' ? -by : by;   // down on the page is towards the feet
  setVoxel(voxel);
}

function stepPhase(by) {
  const many = mri.facts.phases.length;
  mri.phase = (mri.phase + by + many) % many;
  showMri();
}

function goToLesion(number) {
  const lesion = mriLesions().find(({ number: n }) => n === number);
  if (!lesion) return;
  Object.assign(mri, { lesion: number, drawn: null });
  setVoxel(lesion.voxel);
  showMri();
}

// Answers may overtake each other: the newest question counts.
async function askMriCurve() {
  const turn = mri.curveAsked = (mri.curveAsked ?? 0) + 1, whole = mri.asked;
  await new Promise((done) => { setTimeout(done, 60); });   // while a pointer moves, the last place alone
  if (turn !== mri.curveAsked || whole !== mri.asked || !isMriReady()) return;
  const asked = { voxel: mri.voxel, area: mri.drawn, registered: mri.motion, evened: mri.shading };
  try {
    const curve = await ask(mriPath('/curve'), asked);
    if (turn !== mri.curveAsked) return;
    mri.curve = curve;
  } catch (error) {
    if (turn !== mri.curveAsked) return;
    mri.curve = { trouble: error.message };
  }
  showMriCurve();
}
