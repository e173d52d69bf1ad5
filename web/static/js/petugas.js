// Staff pages: keys on the queue, the document switcher, the place of a photo. Everything works without it.
const JEDA_LOKASI = 8000

function pintasan (tabel) {
  const baris = [...tabel.tBodies[0].rows]
  let kini = Math.max(0, baris.findIndex(b => b.classList.contains('pilih')))
  const pindah = n => {
    baris[kini].classList.remove('pilih')
    kini = Math.min(baris.length - 1, Math.max(0, n))
    baris[kini].classList.add('pilih')
    baris[kini].querySelector('a').focus({ preventScroll: true })
    baris[kini].scrollIntoView({ block: 'nearest' })
  }
  return {
    j: () => pindah(baris[kini].classList.contains('pilih') ? kini + 1 : kini),
    k: () => pindah(kini - 1),
    a: () => baris[kini].querySelector('form button')?.click()
  }
}

// Single keys can be switched off, and never act while something is being typed (WCAG 2.1.4).
function kunci () {
  const bantuan = document.getElementById('bantuan')
  const saklar = document.getElementById('matikan-pintasan')
  if (!bantuan) return
  const tabel = document.getElementById('antrean')
  const mati = () => localStorage.getItem('pintasan') === 'mati'
  const buka = document.getElementById('buka-bantuan')
  buka.hidden = false
  buka.addEventListener('click', () => bantuan.showModal())
  saklar.checked = mati()
  const petunjuk = document.querySelector('.petunjuk-kunci')
  petunjuk.hidden = mati()
  saklar.addEventListener('change', () => {
    localStorage.setItem('pintasan', saklar.checked ? 'mati' : 'hidup')
    petunjuk.hidden = saklar.checked
  })
  const aksi = {
    ...(tabel ? pintasan(tabel) : {}),
    '/': () => document.getElementById('cari')?.focus(),
    '?': () => bantuan.showModal()
  }
  addEventListener('keydown', e => {
    if (mati() || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return
    if (e.target.closest('input, textarea, select, [contenteditable], dialog[open]')) return
    const a = aksi[e.key.toLowerCase()]
    if (a) { e.preventDefault(); a() }
  })
}

// The pages of every document are in the page already, lazily: showing another keeps what was typed.
function penukar () {
  const tautan = [...document.querySelectorAll('a[data-dokumen]')]
  for (const t of tautan) {
    t.addEventListener('click', e => {
      e.preventDefault()
      for (const lain of tautan) {
        const ini = lain === t
        ini ? lain.setAttribute('aria-current', 'true') : lain.removeAttribute('aria-current')
        document.getElementById('dok-' + lain.dataset.dokumen).hidden = !ini
      }
      const bagian = document.getElementById('dok-' + t.dataset.dokumen)
      bagian.focus({ preventScroll: true })
      bagian.scrollIntoView({ block: 'nearest' })
    })
  }
}

// Phones strip the place from uploaded photos, so it is read at the moment the photo is chosen.
function geotag (formulir) {
  const kata = formulir.querySelector('[data-lokasi]')
  formulir.elements.foto.addEventListener('change', () => {
    if (!navigator.geolocation) { kata.textContent = 'Peramban ini tidak dapat membaca lokasi. Foto tetap dapat disimpan.'; return }
    kata.textContent = 'Membaca lokasi…'
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        formulir.elements.lat.value = coords.latitude
        formulir.elements.lon.value = coords.longitude
        formulir.elements.akurasi.value = coords.accuracy
        kata.textContent = `Lokasi terbaca, ±${Math.round(coords.accuracy)} m`
      },
      () => { kata.textContent = 'Lokasi tidak terbaca. Foto tetap dapat disimpan.' },
      { enableHighAccuracy: true, timeout: JEDA_LOKASI, maximumAge: 0 }
    )
  })
}

kunci()
penukar()
for (const f of document.querySelectorAll('form[data-geotag]')) geotag(f)
