// What can be taken away: a video with the outlines, figures, the key images.

let filming = null;   // what ends the making of the video

function openExport() {
  write('export_said', '');
  find('export_dialog').showModal();
}

async function exportVideo() {
  const ends = filming = new AbortController();
  showFilming(0);
  write('export_said', t('video_making'));
  try {
    await makeFile('/clip/export/video', '/clip/export/video.mp4', ends.signal, showFilming);
    write('export_said', t('video_ready'));
  } catch (error) {
    write('export_said', ends.signal.aborted ? t('video_stopped') : error.message);
  }
  filming = null;
  showFilming(0);
}

function showFilming(done) {
  const on = filming !== null;
  find('video_progress').value = done;
  find('video_progress').hidden = find('video_stop').hidden = !on;
  find('export_video').disabled = on;
  if (on && done === 0) find('video_stop').focus();
  if (!on && document.activeElement === document.body) find('export_video').focus();
}

function listenToExport() {
  find('export').addEventListener('click', openExport);
  find('export_video').addEventListener('click', exportVideo);
  find('video_stop').addEventListener('click', () => filming?.abort());
}
