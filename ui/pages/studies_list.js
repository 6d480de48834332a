// The work list, and the exam that is open.

const WATCH_MS = 700, LIST_MS = 10_000;   // exams also come from the live page and from other systems
const page = { exams: [], exam: null, asked: 0, taken: 0, number: null };
window.senoscope = { page, drawn: 0 };

const tell = (text) => write('message', text);

// Something of the operator's, whose failure is said in the list. What it gave, or null.
async function act(path, body) {
  tell('');
  try { return await ask(path, body); } catch (error) { tell(error.message); return null; }
}

// What is asked for goes in a body: an address is kept in logs, and may hold a name.
async function showList() {
  const asked = { text: find('search').value.trim(), state: find('search_state').value };
  try {
    const found = await ask('/study/list', asked);
    // Drawn anew only where it has changed: the keyboard may stand on a row.
    if (JSON.stringify(found) === JSON.stringify(page.exams)) return;
    page.exams = found;
    drawList();
  } catch (error) { tell(error.message); }
}

function drawList() {
  find('none_found').hidden = page.exams.length > 0;
  find('exams').replaceChildren(...page.exams.map((exam) => {
    const item = make('li', ''), button = make('button', '', item);
    button.setAttribute('aria-pressed', exam.number === page.number);
    make('strong', '', button).textContent = exam.name || t('no_name');
    const line = make('span', 'line', button);
    make('span', '', line).textContent = [exam.study_date, exam.modality].filter(Boolean).join(' · ');
    make('span', '', line).textContent = t(`state_${exam.state}`);
    button.onclick = () => { openWork(false); openExam(exam.number); };
    return item;
  }));
}

// Answers may overtake each other: the newest question counts.
async function openExam(number) {
  const turn = page.asked += 1;
  const exam = await act(`/study/exams/${number}`);
  if (exam === null || turn < page.taken) return;
  page.taken = turn;
  const other = page.number !== number;
  page.number = number;
  takeExam(exam, other);
}

function takeExam(exam, other = false) {
  const showsMore = exam.ai_shown !== page.exam?.ai_shown;
  page.exam = exam;
  if (other || showsMore) beginThresholds();
  find('root').dataset.state = exam.state;
  if (other) leaveExam();
  showCards();
  drawList();
  if (other) showFirst();
  else { if (exam.mri) loadMri(); draw(); }
}
