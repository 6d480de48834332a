// The form's fields: made of a list, each with its unit and the place where it says why it is refused.

const NUMBER = 'number', DAY = 'day';
const YES_OR_NO = ['no', 'yes'];
const counted = (n) => Array.from({ length: n }, (_, place) => `${place + 1}`);
const GROUPS = {
  woman: { age: [NUMBER, 'years'], birth_date: [DAY, 'date'], on_day: [DAY, 'date'], race: counted(11) },
  births: { menarche_age: [NUMBER, 'years'], has_given_birth: YES_OR_NO, first_birth_age: [NUMBER, 'years'] },
  breast: { biopsies: [NUMBER, ''], atypical_hyperplasia: YES_OR_NO, prior_pathology: ['never_biopsied', 'benign', 'atypia', 'lcis', 'dcis', 'cancer'], density: ['a', 'b', 'c', 'd'] },
  family: { relatives: [NUMBER, ''], carries_brca: YES_OR_NO, polygenic_sd: [NUMBER, 'sd'] },
  body: { height_cm: [NUMBER, 'cm'], weight_kg: [NUMBER, 'kg'], bmi: [NUMBER, 'bmi'] },
  images: { ultrasound: [NUMBER, 'probability'], mammography: [NUMBER, 'probability'], tomosynthesis: [NUMBER, 'probability'], breast_mri: [NUMBER, 'probability'] },
  outside: { tyrer_cuzick_10: [NUMBER, 'percent'], tyrer_cuzick_lifetime: [NUMBER, 'percent'], canrisk_10: [NUMBER, 'percent'], canrisk_lifetime: [NUMBER, 'percent'] },
};
const OUTSIDE = Object.keys(GROUPS.outside);
const WITH_NONE = ['biopsies', 'relatives'];   // where 0 is an answer of its own
const fields = new Map();

const isChoice = (kind) => kind[0] !== NUMBER && kind[0] !== DAY;
const unitOf = (kind) => (isChoice(kind) ? '' : kind[1]);

function choiceSaid(name, code) {
  if (code === 'yes' || code === 'no') return t(`risk_choice_${code}`);
  return t(`risk_choice_${name}_${code}`);
}

function makeFields() {
  for (const [group, members] of Object.entries(GROUPS)) {
    const set = make('fieldset', '', find('groups'));
    make('legend', '', set).dataset.text = `risk_group_${group}`;
    for (const [name, kind] of Object.entries(members)) fields.set(name, makeField(name, kind, set));
  }
}

function makeField(name, kind, set) {
  const row = make('div', 'field', set), label = make('label', '', row), id = `risk-${name}`;
  row.dataset.field = name;
  label.htmlFor = id;
  make('span', '', label).dataset.text = `risk_field_${name}`;
  const unit = unitOf(kind);
  if (unit) make('span', 'unit', label).dataset.text = `risk_unit_${unit}`;
  const input = make(isChoice(kind) ? 'select' : 'input', '', row);
  input.id = id;
  input.dataset.part = name;
  input.setAttribute('aria-describedby', `${id}-said ${id}-why`);
  if (isChoice(kind)) for (const code of ['', ...kind]) make('option', '', input).value = code;
  // Text, not number or date: what a browser cannot read it would give away as nothing, and that is "not known".
  else Object.assign(input, { type: 'text', maxLength: 64, inputMode: kind[0] === NUMBER ? 'decimal' : 'text', spellcheck: false });
  const said = make('p', 'quiet', row), why = make('p', 'why', row);
  said.id = `${id}-said`;
  why.id = `${id}-why`;
  return { row, input, said, why, kind, name, source: null, refusal: null };
}

// Also on a change of language; nothing typed is touched.
function writeFields() {
  for (const field of fields.values()) {
    const { input, kind, name } = field;
    if (isChoice(kind)) for (const option of input.options) option.textContent = option.value ? choiceSaid(name, option.value) : t('risk_unknown');
    else input.placeholder = t(name === 'on_day' ? 'risk_today' : 'risk_unknown');
    sayField(field);
  }
}

function sayField(field) {
  const { input, said, why, row, source, refusal, name } = field;
  const isNone = WITH_NONE.includes(name) && /^0+$/.test(input.value.trim());
  const parts = [isNone && t('risk_none'), source && t('risk_source_exam', source)];
  said.textContent = parts.filter(Boolean).join(' · ');
  why.textContent = refusal ? refusedSaid(refusal) : '';
  if (refusal) input.setAttribute('aria-invalid', 'true'); else input.removeAttribute('aria-invalid');
  row.classList.toggle('refused', Boolean(refusal));
}

function refusedSaid({ why, said }) {
  const unit = said.unit ? t(`risk_unit_${said.unit}`) : '';
  return t(`risk_refused_${why}`, { ...said, unit }).replace(/ +([.。，,])/g, '$1');
}

const typed = () => Object.fromEntries([...fields].map(([name, { input }]) => [name, input.value]));
