// Sends chosen files piece by piece and goes on where the signal broke off. Without this script the form posts as usual.
const CHUNK = 256 * 1024
const LARGEST = 10 * 1024 * 1024
const list = document.getElementById('dokumen')
const interrupted = new Map() // interrupted upload -> its form

const percent = (a, b) => `${Math.floor((100 * a) / b)}%`

function sentence(error) {
  try {
    return JSON.parse(error.originalResponse.getBody()).galat
  } catch {
    return 'Berkas belum dapat dikirim. Coba pilih lagi.'
  }
}

// What is shown while the signal is away: it goes on by itself, or when somebody says so.
function postpone(upload, form) {
  interrupted.set(upload, form)
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'link-button'
  button.textContent = list.dataset.resume
  button.addEventListener('click', () => upload.start())
  form.querySelector('[data-news]').replaceChildren(list.dataset.broken, ' ', button)
}

// Resolves to the sentence of a refusal, or to nothing.
function send(form, berkas) {
  const news = form.querySelector('[data-news]')
  const bar = form.querySelector('progress')
  news.className = 'small'
  return new Promise((done) => {
    if (berkas.size > LARGEST) {
      return done(`${berkas.name} terlalu besar (${(berkas.size / 1024 / 1024).toFixed(0)} MB), paling besar 10 MB. Ambil ulang dengan resolusi lebih kecil.`)
    }
    bar.hidden = false
    const upload = new tus.Upload(berkas, {
      endpoint: form.dataset.upload,
      chunkSize: CHUNK,
      retryDelays: [0, 1000, 3000, 5000, 10000],
      headers: { 'X-CSRFToken': form.elements.csrf_token.value, Accept: 'application/json' },
      metadata: { filename: berkas.name },
      removeFingerprintOnSuccess: true,
      fingerprint: async (f) => [form.dataset.upload, f.name, f.size, f.lastModified].join('|'),
      onProgress: (sent, all) => {
        bar.value = (100 * sent) / all
        news.textContent = `Mengunggah ${berkas.name}: ${percent(sent, all)}`
      },
      onSuccess: () => { interrupted.delete(upload); done('') },
      onError: (error) => {
        const answer = error.originalResponse
        if (!answer || answer.getStatus() === 0) return postpone(upload, form)
        interrupted.delete(upload)
        if (answer.getStatus() === 401) return location.reload()
        done(`${berkas.name}: ${sentence(error)}`)
      },
    })
    upload.findPreviousUploads().then((earlier) => {
      if (earlier.length) upload.resumeFromPreviousUpload(earlier[0])
      upload.start()
    })
  })
}

// The server draws the card; only its place on the page is ours. The old one stays when the page cannot be had.
async function redraw(card) {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), 'text/html')
    const fresh = page.getElementById(card.id)
    if (!fresh) return location.reload()
    card.replaceWith(fresh)
    attach(fresh)
    fresh.querySelector('.berkas')?.scrollIntoView({ block: 'nearest' })
    return fresh
  } catch {
    return card
  }
}

function say(card, sentence) {
  const news = card?.querySelector('[data-news]')
  if (!news) return
  news.className = 'govuk-error-message'
  news.replaceChildren(...sentence.flatMap((k) => [document.createElement('br'), k]).slice(1))
}

function attach(card) {
  const form = card.querySelector('form[data-upload]')
  if (!form) return
  form.querySelector('[data-without-js]').hidden = true
  form.classList.add('picker-js')
  const picker = form.querySelector('input[type=file]')
  picker.addEventListener('change', async () => {
    const all = [...picker.files]
    picker.value = '' // the same file may be chosen again
    interrupted.forEach((of, upload) => of === form && interrupted.delete(upload))
    const refusals = []
    for (const berkas of all) refusals.push(await send(form, berkas))
    form.querySelector('progress').hidden = true
    say(await redraw(card), refusals.filter(Boolean))
  })
}

addEventListener('online', () => interrupted.forEach((_, upload) => upload.start()))
addEventListener('beforeunload', (e) => interrupted.size && e.preventDefault())
if (list && window.tus?.isSupported) list.querySelectorAll('li[id]').forEach(attach)
