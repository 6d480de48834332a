// Sending a study: many files, a folder or a zip; then how far it is read. Both can be stopped.

const sending = { token: null, request: null, stopped: false };
let watching = null;

// Every file below what was dropped; a folder's entries come in lots.
async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((give, fail) => { entry.file(give, fail); })];
  const reader = entry.createReader(), files = [];
  for (;;) {
    const lot = await new Promise((give, fail) => { reader.readEntries(give, fail); });
    if (!lot.length) return files;
    for (const each of lot) files.push(...await filesOf(each));
  }
}

async function drop({ dataTransfer }) {
  const entries = [...dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  const files = [];
  try {
    for (const entry of entries) files.push(...await filesOf(entry));
  } catch { tell(t('study_unreadable')); return; }
  send(files);
}

async function send(files) {
  if (!files.length || sending.token !== null || watching !== null) return;
  const begun = await act('/study/uploads', {});
  if (begun === null) return;
  Object.assign(sending, { token: begun.token, stopped: false });
  const whole = files.reduce((sum, { size }) => sum + size, 0);
  let sent = 0;
  try {
    for (const [place, file] of files.entries()) {
      showJob(t('study_sending', { n: place + 1, of: files.length }), whole ? sent / whole : 0);
      await sendFile(file, (part) => showJob(t('study_sending', { n: place + 1, of: files.length }), whole ? (sent + part) / whole : 0));
      sent += file.size;
    }
    await ask(`/study/uploads/${begun.token}/read`, {});
    watch(true);
  } catch (error) {
    await act('/study/stop', { token: begun.token });
    tell(sending.stopped ? t('sending_stopped') : error.message);
    showJob(null);
  } finally { sending.token = null; }
}

// Not fetch, which does not say how much has gone out.
function sendFile(file, tellPart) {
  return new Promise((give, fail) => {
    const request = sending.request = new XMLHttpRequest();
    request.open('POST', `/study/uploads/${sending.token}/file`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = ({ loaded }) => tellPart(loaded);
    request.onloadend = () => {
      sending.request = null;
      if (request.status === 401) location.assign('/login');
      if (request.status === 200) give();
      else fail(new Error(refusal(request.responseText)));
    };
    request.send(file);
  });
}

function refusal(text) {
  try { return sentence(JSON.parse(text)); } catch { return t('no_answer'); }
}

async function stopJob() {
  sending.stopped = true;
  sending.request?.abort();
  if (watching !== null) await act('/study/stop', {});
}

// What is read now; it goes on when the page is closed, and is found again by the next.
async function watch(was = false) {
  clearTimeout(watching);
  watching = null;
  const job = await act('/study/job');
  if (job?.state === 'reading') {
    showJob(t('study_reading', { n: Math.floor(100 * job.share) }), job.share);
    watching = setTimeout(() => watch(true), WATCH_MS);
    return;
  }
  showJob(null);
  if (job === null) return;
  await showList();
  if (!was) return;   // what came of an earlier one was told then
  if (job.exams.length) await openExam(job.exams[0]);
  tell(job.message);
}

function showJob(text, share = 0) {
  const on = text !== null;
  find('job').hidden = !on;
  find('drop').hidden = on;
  write('job_said', text ?? '');
  find('job_progress').value = share;
}

function listenToUpload() {
  const zone = find('drop');
  for (const kind of ['files', 'folder']) {
    const input = find(kind);
    find(`choose_${kind}`).addEventListener('click', () => input.click());
    input.addEventListener('change', () => { send([...input.files]); input.value = ''; });
  }
  find('job_stop').addEventListener('click', stopJob);
  // A file that misses the zone must not replace the page.
  for (const kind of ['dragover', 'drop']) element.addEventListener(kind, (event) => event.preventDefault());
  element.addEventListener('dragover', () => zone.classList.add('over'));
  element.addEventListener('dragleave', () => zone.classList.remove('over'));
  element.addEventListener('drop', (event) => { zone.classList.remove('over'); drop(event); });
}
