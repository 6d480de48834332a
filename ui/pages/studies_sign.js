// Sign-off: alone first where the site asks for it, then each finding, then the whole.

const decisions = new Map();   // by finding: verdict, reason, outline
const CATEGORIES = ['0', '1', '2', '3', '4A', '4B', '4C', '5', '6'];

// As signed, or as it stands before.
const decisionOn = (number) => (page.exam?.signed?.decisions.find((each) => each.number === number) ?? decisions.get(number));

function fillAssessments() {
  for (const part of ['alone_assessment', 'assessment']) {
    const { value } = find(part);
    find(part).replaceChildren(new Option(t('assessment_choose'), ''), ...CATEGORIES.map((each) => new Option(t(`assessment_${each}`), each)));
    find(part).value = value;
  }
}

function decide(number, decision) {
  decisions.set(number, decision);
  showCards();
  draw();
}

function choices(finding) {
  const said = decisions.get(finding.number), row = make('div', 'buttons'), more = [];
  row.role = 'group';
  row.ariaLabel = t('lesion', { n: finding.number });
  const acts = {
    accepted: () => decide(finding.number, { verdict: 'accepted', reason: '', outline: null }),
    edited: () => beginDrawing(finding.number),
    overruled: () => { decide(finding.number, { verdict: 'overruled', reason: '', outline: null }); find('findings').querySelector(`[data-number="${finding.number}"]`).focus(); },
  };
  for (const [verdict, action] of Object.entries(acts)) {
    const button = make('button', '', row);
    Object.assign(button, { textContent: t(`decision_${verdict}`), onclick: action });
    button.setAttribute('aria-pressed', said?.verdict === verdict);
  }
  if (said?.verdict === 'overruled') {
    const label = make('label', '');
    make('span', '', label).textContent = t('overrule_reason');
    const reason = make('input', 'reason', label);
    Object.assign(reason, { maxLength: 2000, value: said.reason, oninput: () => { said.reason = reason.value; showLeft(); } });
    reason.dataset.number = finding.number;
    more.push(label);
  }
  return [row, ...more];
}

const undecided = () => findings().filter(({ number }) => {
  const said = decisions.get(number);
  return !said || (said.verdict === 'overruled' && !said.reason.trim());
}).map(({ number }) => number);

function showSignOff(exam) {
  find('sign_card').hidden = !(exam.state === 'read' && exam.ai_shown);
  write('alone_said', exam.alone ? t('alone_said', { category: t(`assessment_${exam.alone.assessment}`), text: exam.alone.text }) : '');
  showLeft();
}

function showLeft() {
  const left = undecided();
  const hidden = findings().filter((each) => left.includes(each.number) && !isAbove(each)).map((each) => each.number);
  write('sign_left', [
    left.length && t('sign_left', { numbers: left.join(', ') }), hidden.length && t('sign_hidden', { numbers: hidden.join(', ') }),
  ].filter(Boolean).join('. '));
  find('sign').disabled = left.length > 0;
}

// The reader's own, null where none was given.
const ownPercent = (part) => (find(part).value === '' ? null : Number(find(part).value));

async function readAlone(event) {
  event.preventDefault();
  const exam = await act(`/study/exams/${page.number}/alone`, {
    assessment: find('alone_assessment').value, text: find('alone_text').value.trim(), percent: ownPercent('alone_percent'),
  });
  if (exam === null) return;
  takeExam(exam);
  showFirst();
}

async function sign(event) {
  event.preventDefault();
  find('sign').disabled = true;
  const exam = await act(`/study/exams/${page.number}/sign`, {
    decisions: findings().map(({ number }) => ({ number, ...decisions.get(number) })),
    assessment: find('assessment').value, text: find('impression').value.trim(), percent: ownPercent('percent'),
    name: find('signer').value.trim(), organization: find('organization').value.trim(),
  });
  showLeft();
  if (exam === null) return;
  takeExam(exam);
  find('results_card').scrollIntoView({ block: 'nearest' });
  showList();
}

async function sendResults(event) {
  event.preventDefault();
  const exam = await act(`/study/exams/${page.number}/send`, { destination: find('destination').value });
  if (exam !== null) takeExam(exam);
}
