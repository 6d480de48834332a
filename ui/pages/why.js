// Why a lesion's number is what it is: a layer over the frozen picture, and a few lines beside it.

const CONTRIBUTIONS = 3;
const SIGNED = { 1: '+', '-1': '−' };
const why = {
  sequence: null, number: null,   // of the frozen frame and of the lesion that is explained
  asking: null,                   // what ends the question, null when it is answered
  measured: null, heat: null, layer: null,
  trouble: '',
};
window.senoscope.why = why;

const explainable = () => view.shown.findings.filter((each) => each.finding !== null);
const canAsk = () => props.explains && view.frozen && view.shown.frozen && view.shown.whole !== false && explainable().length > 0;
const isExplained = () => why.number !== null && canAsk() && why.sequence === view.shown.sequence;

// The first lesion's, or the one that is explained already: pressed again, the key takes it back.
function pressWhy() {
  if (!props.explains) return;
  if (!canAsk()) { tell(t('why_not_now')); return; }
  toggleWhy(isExplained() ? why.number : explainable()[0].finding);
}

function toggleWhy(number) {
  const back = isExplained() && why.number === number;
  endWhy();
  if (back) { draw(); refresh(); } else askWhy(number);
}

function endWhy() {
  why.asking?.abort();
  why.layer?.close();
  Object.assign(why, {
    sequence: null, number: null, asking: null, measured: null, heat: null, layer: null, trouble: '',
  });
}

async function askWhy(number) {
  const asking = new AbortController(), { sequence } = view.shown;
  Object.assign(why, { sequence, number, asking });
  refresh();
  try {
    for await (const part of askParts('/live/why', { sequence, number }, asking.signal)) {
      await takeIn(part, asking);
    }
    if (why.heat?.done !== 1) throw new Error(t('no_answer'));
  } catch (error) {
    if (why.asking === asking) why.trouble = error.message;
  }
  if (why.asking === asking) { why.asking = null; refresh(); }
}

async function takeIn(part, asking) {
  if ('kind' in part) throw new Error(sentence(part));
  if ('contributions' in part) { why.measured = part; refresh(); return; }
  const bytes = Uint8Array.from(atob(part.layer), (letter) => letter.charCodeAt(0));
  const layer = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  if (why.asking !== asking) { layer.close(); return; }
  why.layer?.close();
  Object.assign(why, { layer, heat: part });
  draw();
  refresh();
}

// Under the outlines. The square says how far round the lesion was looked at.
function drawHeat() {
  if (!isExplained() || why.layer === null) return;
  const scale = canvas.width / view.shown.size[0];
  const [left, top, right, bottom] = why.heat.box.map((edge) => (edge + 0.5) * scale);
  ink.drawImage(why.layer, left, top, right - left, bottom - top);
  ink.save();
  ink.lineWidth = devicePixelRatio;
  for (const [colour, dash] of [['#000', []], ['#fff', [4 * devicePixelRatio]]]) {
    ink.strokeStyle = colour;
    ink.setLineDash(dash);
    ink.strokeRect(left, top, right - left, bottom - top);
  }
  ink.restore();
  drawSigns(scale, (right - left) / 7);
}

function drawSigns(scale, step) {
  ink.save();
  ink.font = `700 ${Math.min(Math.max(0.5 * step, 12 * devicePixelRatio), 22 * devicePixelRatio)}px system-ui, sans-serif`;
  ink.textAlign = 'center';
  ink.textBaseline = 'middle';
  ink.lineWidth = 3 * devicePixelRatio;
  ink.lineJoin = 'round';
  ink.strokeStyle = '#000';
  ink.fillStyle = '#fff';
  for (const [x, y, sign] of why.heat.signs) {
    ink.strokeText(SIGNED[sign], (x + 0.5) * scale, (y + 0.5) * scale);
    ink.fillText(SIGNED[sign], (x + 0.5) * scale, (y + 0.5) * scale);
  }
  ink.restore();
}

// The other lesions' cards give way to what is said of this one.
function showWhy() {
  // Every live frame comes by here.
  if (!view.frozen && find('why').hidden && find('why_0').hidden) return;
  const explained = isExplained(), findings = view.shown?.findings ?? [];
  find('findings').classList.toggle('explaining', explained);
  for (let slot = 0; slot < CARDS; slot += 1) {
    const own = explained && findings[slot]?.finding === why.number;
    find(`lesion_${slot}`).classList.toggle('explained', own);
    find(`why_${slot}`).hidden = !canAsk() || (findings[slot]?.finding ?? null) === null;
    find(`why_${slot}`).setAttribute('aria-pressed', own);
  }
  find('why').hidden = !explained;
  if (!explained) return;
  find('why_progress').style.visibility = why.asking === null ? 'hidden' : 'visible';
  find('why_progress').value = why.heat?.done ?? 0;
  write('why_line', whyLine());
  const { probability, contributions } = why.measured ?? { contributions: [] };
  find('why_measured').hidden = why.measured === null;
  write('why_probability', probability?.toFixed(2) ?? '');
  for (let place = 0; place < CONTRIBUTIONS; place += 1) contribution(place, contributions[place]);
}

function whyLine() {
  if (why.trouble) return why.trouble;
  if (why.asking !== null) return t('why_asking');
  if (why.heat.shares === null) return t('why_nothing');
  const [inside, margin, outside] = why.heat.shares.map((share) => Math.round(100 * share));
  return t('why_shares', { inside, margin, outside });
}

function contribution(place, said) {
  const key = said?.above ? 'above_usual' : 'below_usual';
  write(`why_feature_${place}`, said ? t(key, { feature: t(`feature_${said.feature}`) }) : '');
  const size = said ? Math.abs(said.log_odds).toFixed(2) : '';
  write(`why_part_${place}`, said ? SIGNED[Math.sign(said.log_odds) || 1] + size : '');
}
