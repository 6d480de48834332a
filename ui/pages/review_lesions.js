// The list of lesions: what was read of each, and what the reader says of it.

const VERDICT_SIGNS = { open: '', accepted: '✓', rejected: '✕' };
const rows = new Map();   // kept for as long as the lesion is, or a click that lands between two answers is lost
let opened = false;       // whether all measurements of the chosen lesion are shown
let remarked = null;      // number of the lesion whose dialog is open

function makeRow(number) {
  const row = make('li', 'lesion');
  row.classList.add('row');
  const pick = make('button', 'pick', row), first = make('span', 'first_line', pick);
  pick.onclick = () => { select(number); };
  const parts = { row, pick, badge: make('b', 'badge', first), line: make('i', 'line', first) };
  for (const name of ['word', 'marks', 'chance']) parts[name] = make(name === 'marks' ? 'span' : 'strong', name, first);
  parts.facts = make('span', 'facts_line', pick);
  parts.more = make('div', 'acts', row);
  makeMeasures(parts);
  parts.evidence = make('p', 'quiet', parts.more);
  parts.remark = make('p', 'quiet', parts.more);
  const acts = make('div', 'buttons', parts.more);
  for (const name of ['key', 'accept', 'reject', 'note']) parts[name] = make('button', name, acts);
  parts.note.ariaHasPopup = 'dialog';
  parts.key.onclick = () => goToKeyFrame(number);
  parts.accept.onclick = () => judge(number, 'accepted');
  parts.reject.onclick = () => judge(number, 'rejected');
  parts.note.onclick = () => openRemark(number);
  return parts;
}

// Length and width with their interval; the rest at the press of a button.
function makeMeasures(parts) {
  parts.lengths = make('p', 'lengths', parts.more);
  const both = make('span', 'both', parts.lengths);
  parts.size = make('span', '', both);
  parts.within = make('span', 'quiet', both);
  parts.open = make('button', 'ask', parts.lengths);
  Object.assign(parts.open, { textContent: '▾', onclick: () => { opened = !opened; refresh(); } });
  parts.further = make('dl', 'further', parts.more);
  for (const name of FURTHER) {
    parts[`label_${name}`] = make('dt', 'quiet', parts.further);
    const said = make('dd', '', parts.further);
    parts[`value_${name}`] = make('strong', '', said);
    parts[`within_${name}`] = make('span', 'quiet', said);
  }
  parts.scale = make('p', 'quiet', parts.more);
}

function showLesions({ lesions }) {
  const list = find('lesions'), before = list.childElementCount;
  for (const [number, { row }] of rows) if (!lesionOf(number)) { row.remove(); rows.delete(number); }
  if (clip.selected === null && lesions.length) clip.selected = lesions[0].number;
  for (const lesion of lesions) {
    if (!rows.has(lesion.number)) rows.set(lesion.number, makeRow(lesion.number));
    const parts = rows.get(lesion.number);
    if (!parts.row.isConnected) list.append(parts.row);
    fillRow(parts, lesion);
  }
  find('no_lesions').hidden = lesions.length > 0 || !isOpen();
  write('no_lesions', t(isReading() ? 'no_lesion_yet' : 'no_lesion'));
  if (before !== list.childElementCount) drawLanes();
}

function fillRow(parts, lesion) {
  const chosen = lesion.number === clip.selected;
  const texts = {
    badge: String(lesion.number), word: t(lesion.suspicion ?? 'new'), chance: lesion.probability.toFixed(2),
    marks: [VERDICT_SIGNS[lesion.verdict], lesion.edited.length ? '✎' : ''].join(' ').trim(),
    facts: factsOf(lesion), size: sizeOf(lesion), within: withinOf(lesion), scale: originOf(lesion), evidence: evidenceOf(lesion), remark: remarkOf(lesion),
    key: t('key_frame'), accept: t('accept'), reject: t('reject'), note: t('remark'), ...measuresOf(lesion),
  };
  for (const [name, text] of Object.entries(texts)) if (parts[name].textContent !== text) parts[name].textContent = text;
  parts.row.dataset.suspicion = lesion.suspicion ?? 'new';
  parts.row.dataset.verdict = lesion.verdict;
  parts.pick.setAttribute('aria-pressed', chosen);
  parts.pick.setAttribute('aria-label', [t('lesion', { n: lesion.number }), texts.word, texts.chance, texts.facts, texts.size, texts.within, t(`verdict_${lesion.verdict}`), editedOf(lesion)].filter(Boolean).join(', '));
  parts.more.hidden = !chosen;
  parts.lengths.hidden = lesion.measured === null;
  parts.further.hidden = !opened || lesion.measured === null;
  parts.open.setAttribute('aria-expanded', opened);
  parts.open.setAttribute('aria-label', t('measures'));
  parts.open.title = t('measures');
  parts.evidence.title = t('evidence_meaning');
  parts.key.disabled = lesion.key_frame === null;
  parts.accept.setAttribute('aria-pressed', lesion.verdict === 'accepted');
  parts.reject.setAttribute('aria-pressed', lesion.verdict === 'rejected');
}

function factsOf({ range, seen }) {
  const [low, high] = range.map((each) => each.toFixed(2));
  return t('lesion_facts', { low, high, n: seen });
}

// At its key frame.
const sizeOf = ({ measured }) => (measured === null ? '' : axesOf(measured));
const withinOf = ({ measured }) => (measured === null ? '' : axesWithin(measured));
function measuresOf({ measured }) {
  if (measured === null) return {};
  const labels = { orientation: t('orientation'), area: t('area_of'), depth: t('depth_of'), skin_distance: t('skin_distance') };
  return Object.fromEntries(FURTHER.flatMap((name) => {
    const [value, within] = furtherOf(measured, name);
    return [[`label_${name}`, labels[name]], [`value_${name}`, value], [`within_${name}`, within]];
  }));
}

const originOf = ({ measured }) => (measured === null ? '' : [scaleOf(measured.scale), measured.outline === 'reader' ? t('outline_drawn') : ''].filter(Boolean).join(', '));

const evidenceOf = ({ agree, first, last }) => t('lesion_evidence', { agree, first: first + 1, last: last + 1 });
const editedOf = ({ edited }) => (edited.length ? t('lesion_edited', { n: edited.length }) : '');

function remarkOf(lesion) {
  const said = [
    editedOf(lesion), lesion.verdict === 'open' ? '' : t(`verdict_${lesion.verdict}`),
    { L: t('side_left'), R: t('side_right') }[lesion.side],
    lesion.clock === null ? '' : t('at_clock', { n: lesion.clock }),
    lesion.from_nipple_cm === null ? '' : t('at_distance', { n: lesion.from_nipple_cm }), lesion.note,
  ];
  return said.filter(Boolean).join(', ');
}

function select(number) {
  if (clip.selected === number || !lesionOf(number)) return;
  flushMove();
  clip.selected = number;
  followOutline();
  drawLanes();
  draw();
  refresh();
  rows.get(number)?.row.scrollIntoView({ block: 'nearest' });
}

const saidOf = ({ side, clock, from_nipple_cm, note, verdict }) => ({ side, clock, from_nipple_cm, note, verdict });

// Pressed again, a verdict is taken back.
function judge(number, verdict) {
  const lesion = lesionOf(number);
  return act(`/clip/lesions/${number}`, { ...saidOf(lesion), verdict: lesion.verdict === verdict ? 'open' : verdict });
}

function openRemark(number) {
  const lesion = lesionOf(number);
  remarked = number;
  write('remark_title', t('lesion', { n: number }));
  write('remark_trouble', '');
  find('remark_side').value = lesion.side;
  find('remark_clock').value = lesion.clock ?? '';
  find('remark_distance').value = lesion.from_nipple_cm ?? '';
  find('remark_note').value = lesion.note;
  find('remark_dialog').showModal();
  find('remark_note').focus();
}

async function saveRemark(event) {
  event.preventDefault();
  const typed = (part) => (find(part).value === '' ? null : Number(find(part).value));
  try {
    await askState(`/clip/lesions/${remarked}`, {
      ...saidOf(lesionOf(remarked)), side: find('remark_side').value, clock: typed('remark_clock'),
      from_nipple_cm: typed('remark_distance'), note: find('remark_note').value.trim(),
    });
    find('remark_dialog').close();
  } catch (error) { write('remark_trouble', error.message); }
}
