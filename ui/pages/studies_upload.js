// Sending a study: many files, a folder or a zip; then how far it is read. Both can be stopped.

let uploading = null;   // the token of what is sent
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

async function drop({ items }) {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
  const files = [];
  try {
    for (const entry of entries) files.push(...await filesOf(entry));
  } catch { tell(t('study_unreadable')); return; }
  send(files);
}

async function send(files) {
  if (!files.length || uploading !== null || watching !== null) return;
  const begun = await act('/study/uploads', {});
  if (begun === null) return;
  uploading = begun.token;
  sending.stopped = false;
  const whole = files.reduce((sum, { size }) => sum + size, 0);
  let sent = 0;
  try {
    for (const [place, file] of files.entries()) {
      const tellPart = (part) => showJob(t('study_sending', { n: place + 1, of: files.length }), whole ? (sent + part) / whole : 0);
      tellPart(0);
      await sendBody(`/study/uploads/${uploading}/file`, file, {}, tellPart);
      sent += file.size;
    }
    await ask(`/study/uploads/${uploading}/read`, {});
    watch(true);
  } catch (error) {
    await act('/study/stop', { token: uploading });
    tell(sending.stopped ? t('sending_stopped') : error.message);
    showJob(null);
  } finally { uploading = null; }
}

async function stopJob() {
  stopSending();
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
  for (const kind of ['files', 'folder']) {
    const input = find(kind);
    find(`choose_${kind}`).addEventListener('click', () => input.click());
    input.addEventListener('change', () => { send([...input.files]); input.value = ''; });
  }
  find('job_stop').addEventListener('click', stopJob);
  listenToDrop(drop);
}
