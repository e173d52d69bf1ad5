// Sends chosen files piece by piece and goes on where the signal broke off, and brings what became of them into the page.
// Without this script the form posts as usual, and the page loads itself again.
const CHUNK = 256 * 1024
const LARGEST = 10 * 1024 * 1024
const FIRST_LOOK = 500 // milliseconds; then later each time
const LAST_LOOK = 15000
const list = document.getElementById('dokumen')
const interrupted = new Map() // interrupted upload -> its form
const sending = new Set() // cards whose files are on their way
let look = 0 // the timer of the next look at what is being examined
let round = 0 // of looks: a new one ends the one before

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
      metadata: { filename: berkas.name, seen: [...form.querySelectorAll('[name=seen]')].map((s) => s.value).join(' ') },
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
async function load() {
  const answer = await fetch(location.pathname)
  if (answer.status === 429 || answer.status >= 500) throw answer
  return new DOMParser().parseFromString(await answer.text(), 'text/html')
}

async function redraw(card, loaded) {
  try {
    const fresh = (loaded ?? await load()).getElementById(card.id)
    if (!fresh) return location.reload()
    const focused = card.contains(document.activeElement) && document.activeElement.id
    card.replaceWith(fresh)
    attach(fresh)
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
    if (!loaded) fresh.querySelector('.berkas')?.scrollIntoView({ block: 'nearest' })
    return fresh
  } catch {
    return card
  }
}

const examining = () => [...list.querySelectorAll('li[data-examining]')].filter((c) => c.dataset.examining)

// Files that were sent are examined by the office. A card changes when something about it has; the others are left alone.
async function follow(wait, mine) {
  const cards = examining().filter((card) => !sending.has(card))
  if (cards.length && !document.hidden) {
    const page = await load().catch(() => null)
    for (const card of page ? cards.filter((c) => c.isConnected && !sending.has(c)) : []) {
      const fresh = page.getElementById(card.id)
      if (fresh && fresh.dataset.examining === card.dataset.examining && fresh.dataset.late === card.dataset.late) continue
      const told = card.querySelector('[data-news]')
      const news = (await redraw(card, page))?.querySelector('[data-news]')
      if (!news) continue
      if (!told?.textContent) news.textContent = list.dataset.examined
      else news.replaceWith(told) // what was refused at once still stands
    }
  }
  if (mine === round && examining().length) look = setTimeout(follow, wait, Math.min(1.5 * wait, LAST_LOOK), mine)
}

function followSoon() {
  clearTimeout(look)
  look = setTimeout(follow, FIRST_LOOK, FIRST_LOOK, ++round)
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
    sending.add(card)
    for (const berkas of all) refusals.push(await send(form, berkas))
    sending.delete(card)
    form.querySelector('progress').hidden = true
    say(await redraw(card), refusals.filter(Boolean))
    followSoon()
  })
}

addEventListener('online', () => interrupted.forEach((_, upload) => upload.start()))
addEventListener('beforeunload', (e) => interrupted.size && e.preventDefault())
if (list && window.tus?.isSupported) list.querySelectorAll('li[id]').forEach(attach)
if (list) followSoon()
