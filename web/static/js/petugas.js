// Staff pages: keys on the queue, the document switcher, the place of a photo. Everything works without it.
const LOCATION_TIMEOUT = 8000

function shortcuts (table) {
  const rows = [...table.tBodies[0].rows]
  let current = Math.max(0, rows.findIndex(b => b.classList.contains('chosen')))
  const moveTo = n => {
    rows[current].classList.remove('chosen')
    current = Math.min(rows.length - 1, Math.max(0, n))
    rows[current].classList.add('chosen')
    rows[current].querySelector('a').focus({ preventScroll: true })
    rows[current].scrollIntoView({ block: 'nearest' })
  }
  return {
    j: () => moveTo(rows[current].classList.contains('chosen') ? current + 1 : current),
    k: () => moveTo(current - 1),
    a: () => rows[current].querySelector('form button')?.click()
  }
}

// Single keys can be switched off, and never act while something is being typed (WCAG 2.1.4).
function listenToKeys () {
  const help = document.getElementById('bantuan')
  const toggle = document.getElementById('matikan-pintasan')
  if (!help) return
  const table = document.getElementById('antrean')
  const isOff = () => localStorage.getItem('pintasan') === 'mati'
  const opener = document.getElementById('buka-bantuan')
  opener.hidden = false
  opener.addEventListener('click', () => help.showModal())
  toggle.checked = isOff()
  const hint = document.querySelector('.key-hint')
  hint.hidden = isOff()
  toggle.addEventListener('change', () => {
    localStorage.setItem('pintasan', toggle.checked ? 'mati' : 'hidup')
    hint.hidden = toggle.checked
  })
  const actions = {
    ...(table ? shortcuts(table) : {}),
    '/': () => document.getElementById('cari')?.focus(),
    '?': () => help.showModal()
  }
  addEventListener('keydown', e => {
    if (isOff() || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
    if (e.target.closest('input, textarea, select, [contenteditable], dialog[open]')) return
    const a = actions[e.key.toLowerCase()]
    if (a) { e.preventDefault(); a() }
  })
}

// The pages of every document are in the page already, lazily: showing another keeps what was typed.
function switchDocuments () {
  const links = [...document.querySelectorAll('a[data-document]')]
  for (const t of links) {
    t.addEventListener('click', e => {
      e.preventDefault()
      for (const other of links) {
        const isShown = other === t
        isShown ? other.setAttribute('aria-current', 'true') : other.removeAttribute('aria-current')
        document.getElementById('dok-' + other.dataset.document).hidden = !isShown
      }
      const part = document.getElementById('dok-' + t.dataset.document)
      part.focus({ preventScroll: true })
      part.scrollIntoView({ block: 'nearest' })
    })
  }
}

// Phones strip the place from uploaded photos, so it is read at the moment the photo is chosen.
function locatePhoto (form) {
  const words = form.querySelector('[data-location]')
  form.elements['foto-berkas'].addEventListener('change', () => {
    if (!navigator.geolocation) { words.textContent = 'Peramban ini tidak dapat membaca lokasi. Foto tetap dapat disimpan.'; return }
    words.textContent = 'Membaca lokasi…'
    navigator.geolocation.getCurrentPosition(
      (place) => {
        form.elements['foto-lat'].value = place.coords.latitude
        form.elements['foto-lon'].value = place.coords.longitude
        form.elements['foto-akurasi'].value = place.coords.accuracy
        words.textContent = `Lokasi terbaca, ±${Math.round(place.coords.accuracy)} m`
      },
      () => { words.textContent = 'Lokasi tidak terbaca. Foto tetap dapat disimpan.' },
      { enableHighAccuracy: true, timeout: LOCATION_TIMEOUT, maximumAge: 0 }
    )
  })
}

// What came in is examined by the office. Its part of the page changes when something about it has; what is typed stays.
function followUploads (part) {
  const FIRST_LOOK = 500 // milliseconds; then later each time
  const LAST_LOOK = 15000
  const news = part.nextElementSibling
  const look = async wait => {
    if (!document.hidden) {
      const answer = await fetch(part.dataset.address).catch(() => null)
      const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html')
      const fresh = page && page.getElementById(part.id)
      if (fresh && (fresh.dataset.examining !== part.dataset.examining || fresh.dataset.late !== part.dataset.late)) {
        const hadFocus = part.contains(document.activeElement)
        part.replaceWith(fresh)
        part = fresh
        if (hadFocus) part.focus({ preventScroll: true })
        if (!part.dataset.examining) news.textContent = news.dataset.examined
      }
    }
    if (part.dataset.examining) setTimeout(look, wait, Math.min(1.5 * wait, LAST_LOOK))
  }
  if (part.dataset.examining) setTimeout(look, FIRST_LOOK, FIRST_LOOK)
}

// What takes seconds says so, and takes no second press. Going back to the page, it is as before.
function sayWhatHappens (form) {
  const status = form.querySelector('[role=status]')
  const before = status.textContent
  const button = form.querySelector('button')
  form.addEventListener('submit', (e) => {
    if (button.ariaDisabled === 'true') return e.preventDefault()
    button.ariaDisabled = 'true'
    status.textContent = form.dataset.waiting
  })
  addEventListener('pageshow', () => {
    button.ariaDisabled = null
    status.textContent = before
  })
}

listenToKeys()
switchDocuments()
for (const f of document.querySelectorAll('form[data-geotag]')) locatePhoto(f)
for (const part of document.querySelectorAll('[data-examining][data-address]')) followUploads(part)
for (const f of document.querySelectorAll('form[data-waiting]')) sayWhatHappens(f)
