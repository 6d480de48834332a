// How a finding's place, size and words are said.

const MODALITIES = ['ultrasound', 'mammography', 'tomosynthesis', 'breast_mri'];
const page = { case: null, group: null };
window.senoscope = { page };

const tell = (text) => write('message', text);
const keyOf = (word) => `word_${word.replaceAll(' ', '_')}`;
const modalityOf = (name) => t(`case_modality_${name}`);
const listed = (words) => words.join(language === 'zh' ? '、' : ', ');
const findingOf = (key) => page.case.findings[key];
const groupOf = (key) => page.case.groups.find(({ findings }) => findings.includes(key));
const examOf = (number) => page.case.exams.find((each) => each.number === number);
const shortOf = (key) => `${modalityOf(findingOf(key).modality)} ${t('case_open', findingTo(key))}`;
const findingTo = (key) => ({ exam: findingOf(key).exam, n: findingOf(key).number });
const signed = (n) => `${n > 0 ? '+' : n < 0 ? '−' : ''}${Math.abs(n)}`;

// Halves of an hour are said where the place is known as finely; what it may be off by is rounded up.
function hourOf([hour, within]) {
  const step = within < 1 ? 2 : 1, near = Math.round(hour * step) / step;
  return { hour: `${near < 0.5 ? 12 : near}`, within: Math.ceil(2 * within) / 2 };
}

const clockSaid = (clock) => t('case_clock', hourOf(clock));

function quadrantSaid(words) {
  const key = words.replaceAll(' ', '_');
  return t(`case_quadrant_${key}`);
}

// Side, quadrant, clock face, distance, depth: whatever of it is known.
function placeSaid({ side, known, clock, behind_nipple: behind, quadrant, third, from_nipple_mm: mm }) {
  if (!side) return t('case_place_unknown');
  if (!known) return [t('case_side_only', { side: t(`side_${side}`) }), mm === null ? '' : nippleSaid(mm)].filter(Boolean).join(', ');
  return listed([
    t(`side_${side}`),
    quadrant && quadrantSaid(quadrant),
    clock !== null && clockSaid(clock),
    behind && t('case_behind_nipple'),
    mm !== null && nippleSaid(mm),
    third && t(`case_third_${third}`),
  ].filter(Boolean));
}

const nippleSaid = (mm) => t('case_from_nipple', { cm: (mm / 10).toFixed(1) });

function sizeSaid(size) {
  if (size === null) return t('case_no_size');
  const mm = size.mm.toFixed(1);
  return size.lower === null ? t('case_size', { mm }) : t('case_size_within', { mm, low: size.lower.toFixed(1), high: size.upper.toFixed(1) });
}

const isLesion = ({ kind }) => kind === 'lesion';
const kindSaid = (finding) => (['lesion', 'enhancement'].includes(finding.kind) ? t(`case_kind_${finding.kind}`) : t(`kind_${finding.kind}`));
const chanceSaid = (finding) => (isLesion(finding)
  ? listed([t('case_suspicion', { word: t(finding.suspicion) }), t('case_probability', { p: finding.probability.toFixed(2) })])
  : t('case_score', { p: finding.probability.toFixed(2) }));

// What an answer names by key, as its sentence says it.
function disputeSaid({ dispute, said, findings }) {
  const values = { ...said, list: listed(findings.map(shortOf)) };
  for (const name of ['modality', 'one', 'other']) if (name in said) values[name] = modalityOf(said[name]);
  for (const name of ['one_mm', 'other_mm']) if (name in said) values[name] = said[name].toFixed(1);
  for (const name of ['one_word', 'other_word']) {
    if (name in said) values[name] = dispute === 'suspicion' ? t(said[name]) : quadrantSaid(said[name]);
  }
  return t(`case_dispute_${dispute}`, values);
}

const changeSaid = ({ change, percent, mm }) => t(`case_change_${change}`, { percent: percent === null ? '' : signed(percent), mm: mm === null ? '' : signed(mm) });
const dateOf = (number) => examOf(number)?.study_date || t('case_no_date');
