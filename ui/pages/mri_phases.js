// The table of phases: when each was, what is left out and why, and what a person corrects in it.

const MRI_SETTINGS = { early_percent: 5, background_share: 0.05, ser_from: 0.1, neighbours: 1 };
const phaseForm = { set: null, written: '' };

const tableSet = () => mri.facts.table.sets.find((each) => each.set === (phaseForm.set ?? mri.facts.set)) ?? mri.facts.table.sets[0] ?? null;

// Made anew only where it says something else: somebody may be typing in it.
function showPhaseTable() {
  const { table } = mri.facts, set = tableSet(), settings = mri.facts.analysis?.settings ?? null;
  const written = JSON.stringify([page.number, language, mri.facts.set ?? null, set, settings, table.left_out, page.exam.state]);
  if (phaseForm.written === written) return;
  phaseForm.written = written;
  const choices = table.sets.map((each) => String(each.set));
  find('mri_set_label').hidden = choices.length < 2;
  if (choices.length) fillChoices('mri_set', choices, (each) => setSaid(table.sets.find((one) => String(one.set) === each)), String(set.set));
  find('mri_phase_form').hidden = set === null;
  write('mri_set_why', set?.trouble ?? '');
  write('mri_cautions', set ? set.cautions.join(' ') : '');
  if (set) fillPhases(set);
  fillSettings(settings);
  const left = [...table.left_out, ...table.others.map((each) => t('mri_other', { n: each.series_number ?? '–', kind: each.kind, slices: each.slices, why: each.why }))];
  find('mri_left_out').hidden = !left.length;
  find('mri_left_list').replaceChildren(...left.map((text) => { const item = make('li', 'quiet'); item.lang = 'en'; item.textContent = text; return item; }));
}

const setSaid = ({ set, laterality, plane, phases, trouble }) => [t('mri_set_said', { n: set, phases: phases.length }), plane && t(`mri_plane_${plane}`), ['L', 'R'].includes(laterality) && t(`side_${laterality}`), trouble && '✕'].filter(Boolean).join(' · ');

function fillPhases(set) {
  const head = make('tr', '');
  for (const name of ['phase', 'seconds', 'before', 'takes_part']) { const cell = make('th', '', head); cell.scope = 'col'; cell.textContent = t(`mri_head_${name}`); }
  const rows = set.phases.flatMap((phase) => {
    const row = make('tr', ''), label = make('th', '', row), n = phase.phase;
    row.dataset.phase = n;
    label.scope = 'row';
    label.textContent = `${n}`;
    label.title = phase.time_from;
    const time = make('input', '', make('td', '', row));
    Object.assign(time, { type: 'number', step: 'any', value: phase.time_s === null ? '' : Math.round(10 * phase.time_s) / 10, ariaLabel: t('mri_time_of', { n }) });
    time.dataset.exact = phase.time_s ?? '';
    for (const [name, on] of [['pre_contrast', phase.pre_contrast], ['takes_part', phase.takes_part]]) {
      const box = make('input', '', make('td', '', row));
      Object.assign(box, { type: 'checkbox', checked: on, ariaLabel: t(`mri_${name}_of`, { n }), disabled: name === 'takes_part' && !phase.is_usable });
      box.dataset.name = name;
    }
    if (!phase.why_not) return [row];
    const why = make('tr', ''), cell = make('td', 'quiet', why);
    Object.assign(cell, { colSpan: 4, textContent: phase.why_not, lang: 'en' });
    return [row, why];
  });
  find('mri_phases').replaceChildren(head, ...rows);
  find('mri_injected').value = set.injected_s ?? '';
  write('mri_from', [set.phases[0]?.time_from && t('mri_times_from', { tag: set.phases[0].time_from }), set.pre_from && t('mri_pre_from', { rule: set.pre_from })].filter(Boolean).join(' '));
}

// By which thresholds the functional volume is counted, and what is made good first.
function fillSettings(settings) {
  find('mri_settings').hidden = settings === null;
  if (settings === null) return;
  find('mri_settings_rows').replaceChildren(...Object.entries(MRI_SETTINGS).map(([name, step]) => {
    const label = make('label', '');
    make('span', '', label).textContent = t(`mri_setting_${name}`);
    Object.assign(make('input', '', label), { type: 'number', step, value: settings[name], name });
    return label;
  }), ...['register', 'correct_bias'].map((name) => {
    const label = make('label', 'mri-check');
    Object.assign(make('input', '', label), { type: 'checkbox', checked: settings[name], name });
    make('span', '', label).textContent = t(`mri_setting_${name}`);
    return label;
  }));
}

const secondsIn = (input) => (input.value === '' ? null : Math.round(10 * Number(input.dataset.exact)) / 10 === Number(input.value) && input.dataset.exact ? Number(input.dataset.exact) : Number(input.value));

// As the table is now, in the order of the times where all are known.
function changedSet() {
  const rows = [...find('mri_phases').querySelectorAll('tr[data-phase]')];
  const phases = rows.map((row) => {
    const [takes, pre] = ['takes_part', 'pre_contrast'].map((name) => row.querySelector(`[data-name=${name}]`).checked);
    return { phase: Number(row.dataset.phase), time_s: secondsIn(row.querySelector('input[type=number]')), takes_part: takes, pre_contrast: pre && takes };
  });
  if (phases.every(({ time_s: at }) => at !== null)) phases.sort((a, b) => a.time_s - b.time_s);
  const injected = find('mri_injected').value;
  return { set: tableSet().set, phases, injected_s: injected === '' ? null : Number(injected) };
}

function changedSettings() {
  const found = {};
  for (const input of find('mri_settings_rows').querySelectorAll('input')) found[input.name] = input.type === 'checkbox' ? input.checked : Number(input.value);
  return found;
}

// Read anew, in its turn; what was read before stays in the store.
async function applyPhases(event) {
  event.preventDefault();
  write('mri_apply_said', '');
  const asked = { sets: [changedSet()] };
  if (mri.facts.analysis) asked.settings = changedSettings();
  try {
    await ask(mriPath('/phases'), asked);
    write('mri_apply_said', t('mri_reading_again'));
    watch(true);
  } catch (error) { write('mri_apply_said', error.message); }
}

function chooseSet(set) {
  phaseForm.set = Number(set);
  if (tableSet().trouble) { showPhaseTable(); return; }
  Object.assign(mri, { set: Number(set) });
  loadMri();
}

function listenToPhases() {
  find('mri_set').addEventListener('change', () => chooseSet(find('mri_set').value));
  find('mri_phase_form').addEventListener('submit', applyPhases);
}
