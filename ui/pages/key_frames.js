// The filmstrip: the best frame of each lesion, kept while the probe moves, and what is said of it.

const strip = { version: -1, frames: [], open: null, asking: false };

async function askStrip() {
  if (strip.asking || view.connection !== 'open') return;
  strip.asking = true;
  try {
    takeStrip(await ask(`/live/key_frames?since=${strip.version}`));
  } catch { /* the banner says already that nothing answers */ }
  strip.asking = false;
}

function takeStrip({ version, frames }) {
  strip.version = version;
  if (frames === null) return;
  strip.frames = frames;
  showStrip();
  showSame();
}

function showStrip() {
  find('no_key_frames').hidden = strip.frames.length > 0;
  find('strip').replaceChildren(...strip.frames.map((kept) => {
    const button = make('button', '');
    button.ariaHasPopup = 'dialog';
    button.dataset.suspicion = kept.suspicion;
    button.dataset.verdict = kept.verdict;
    button.setAttribute('aria-label', `${t('lesion', { n: kept.number })}, ${t(kept.suspicion)}, ${t(`verdict_${kept.verdict}`)}${sameLine(kept) && `, ${sameLine(kept)}`}`);
    button.onclick = () => openKeyFrame(kept);
    Object.assign(make('img', '', button), { src: kept.thumb, alt: '' });
    make('b', '', button).textContent = { open: '', accepted: '✓ ', rejected: '✕ ' }[kept.verdict] + kept.number + sameSign(kept);
    return button;
  }));
}

function openKeyFrame(kept) {
  strip.open = kept.number;
  write('key_title', `${t('lesion', { n: kept.number })} · ${t(kept.suspicion)} · ${kept.probability.toFixed(2)}`);
  write('key_trouble', '');
  showSame();
  find('key_side').value = kept.side;
  find('key_clock').value = kept.clock ?? '';
  find('key_distance').value = kept.from_nipple_cm ?? '';
  find('key_note').value = kept.note;
  find('key_picture').src = `/live/key_frames/${kept.number}?${strip.version}`;
  const points = [];
  for (let i = 0; i < kept.outline.length; i += 2) points.push(`${kept.outline[i]},${kept.outline[i + 1]}`);
  find('key_outline').setAttribute('points', points.join(' '));
  find('key_outline').style.stroke = COLOURS[kept.suspicion];
  find('key_dialog').showModal();
  find(kept.verdict === 'open' ? 'key_accept' : 'key_close').focus();
}

// That a lesion may be an older one is asked, never taken for granted; the answer can be taken back.
const IS_OLDER = { across: 'is_across', again: 'is_again' };
const MAY_BE_OLDER = { across: 'may_be_across', again: 'may_be_again' };
const sameSign = ({ joined, offer }) => (joined ? ` = ${joined.older}` : offer ? ` = ${offer.older} ?` : '');

function sameLine({ number, joined, offer, parted, diameters_mm }) {
  if (joined) {
    const line = t(IS_OLDER[joined.seen], { n: number, older: joined.older });
    if (diameters_mm === null) return line;
    const [long, short, side] = diameters_mm.map((each) => each.toFixed(1));
    return `${line}: ${t('axes', { long: `${long} × ${short}`, short: side })}`;
  }
  if (offer) return t(MAY_BE_OLDER[offer.seen], { n: number, older: offer.older });
  return parted.length ? t('is_not', { n: number, older: parted.join(', ') }) : '';
}

function showSame() {
  const kept = strip.frames.find((each) => each.number === strip.open);
  if (kept === undefined) return;
  const line = sameLine(kept), asked = !kept.joined && kept.offer !== null;
  find('key_same').hidden = line === '';
  write('key_same_line', line);
  for (const part of ['key_across', 'key_again', 'key_two']) find(part).hidden = !asked;
  find('key_undo').hidden = asked;
}

async function answerSame(answer) {
  const { joined, offer, parted } = strip.frames.find((each) => each.number === strip.open);
  const older = (joined ?? offer)?.older ?? parted[0];
  try {
    takeStrip(await ask(`/live/key_frames/${strip.open}/same`, { older, answer }));
    write('key_trouble', '');
  } catch (error) { write('key_trouble', error.message); }
}

async function remark(verdict) {
  const number = (part) => (find(part).value === '' ? null : Number(find(part).value));
  try {
    takeStrip(await ask(`/live/key_frames/${strip.open}`, {
      side: find('key_side').value, clock: number('key_clock'), from_nipple_cm: number('key_distance'),
      note: find('key_note').value.trim(), verdict,
    }));
    find('key_dialog').close();
  } catch (error) { write('key_trouble', error.message); }
}

function listenToStrip() {
  find('key_accept').addEventListener('click', () => remark('accepted'));
  find('key_reject').addEventListener('click', () => remark('rejected'));
  find('key_across').addEventListener('click', () => answerSame('across'));
  find('key_again').addEventListener('click', () => answerSame('again'));
  find('key_two').addEventListener('click', () => answerSame('two'));
  find('key_undo').addEventListener('click', () => answerSame('undo'));
  find('key_close').addEventListener('click', () => find('key_dialog').close());
  find('key_form').addEventListener('submit', (event) => event.preventDefault());
  setInterval(askStrip, 1000);
}
