// A copy of the exam's images without the person: made while one waits, then downloaded.

let copying = null;   // what ends the making

async function deidentify() {
  const ends = copying = new AbortController(), path = `/study/exams/${page.number}/deidentified`;
  showCopying(0);
  try {
    await makeFile(path, path, ends.signal, showCopying);
    write('deidentify_said', t('deidentified'));
  } catch (error) {
    write('deidentify_said', ends.signal.aborted ? t('deidentify_stopped') : error.message);
  }
  copying = null;
  showCopying(0);
}

function showCopying(done) {
  const on = copying !== null;
  find('deidentify_progress').value = done;
  find('deidentify_progress').hidden = find('deidentify_stop').hidden = !on;
  find('deidentify').disabled = on;
  if (on) write('deidentify_said', t('deidentifying', { n: Math.floor(100 * done) }));
}

function listenToExport() {
  find('deidentify').addEventListener('click', deidentify);
  find('deidentify_stop').addEventListener('click', () => copying?.abort());
}
