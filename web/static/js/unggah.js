// Sends chosen files piece by piece and goes on where the signal broke off. Without this script the form posts as usual.
const POTONGAN = 256 * 1024
const TERBESAR = 10 * 1024 * 1024
const daftar = document.getElementById('dokumen')
const tertunda = new Set()

const persen = (a, b) => `${Math.floor((100 * a) / b)}%`

function kalimat(galat) {
  try {
    return JSON.parse(galat.originalResponse.getBody()).galat
  } catch {
    return 'Berkas belum dapat dikirim. Coba pilih lagi.'
  }
}

function kirim(formulir, berkas) {
  const kabar = formulir.querySelector('[data-kabar]')
  const bilah = formulir.querySelector('progress')
  kabar.className = 'kecil'
  return new Promise((selesai) => {
    const tolak = (kata) => {
      kabar.className = 'govuk-error-message'
      kabar.textContent = kata
      selesai(false)
    }
    if (berkas.size > TERBESAR) {
      return tolak(`${berkas.name} terlalu besar (${(berkas.size / 1024 / 1024).toFixed(0)} MB), paling besar 10 MB. Ambil ulang dengan resolusi lebih kecil.`)
    }
    bilah.hidden = false
    const unggahan = new tus.Upload(berkas, {
      endpoint: formulir.dataset.unggah,
      chunkSize: POTONGAN,
      retryDelays: [0, 1000, 3000, 5000, 10000],
      headers: { 'X-CSRFToken': formulir.elements.csrf_token.value, Accept: 'application/json' },
      metadata: { filename: berkas.name },
      removeFingerprintOnSuccess: true,
      fingerprint: async (f) => [formulir.dataset.unggah, f.name, f.size, f.lastModified].join('|'),
      onProgress: (terkirim, semua) => {
        bilah.value = (100 * terkirim) / semua
        kabar.textContent = `Mengunggah ${berkas.name}: ${persen(terkirim, semua)}`
      },
      onSuccess: () => { tertunda.delete(unggahan); selesai(true) },
      onError: (galat) => {
        const jawaban = galat.originalResponse
        if (!jawaban || jawaban.getStatus() === 0) {
          kabar.textContent = daftar.dataset.putus
          tertunda.add(unggahan)
          return
        }
        tertunda.delete(unggahan)
        if (jawaban.getStatus() === 401) return location.reload()
        tolak(kalimat(galat))
      },
    })
    unggahan.findPreviousUploads().then((dulu) => {
      if (dulu.length) unggahan.resumeFromPreviousUpload(dulu[0])
      unggahan.start()
    })
  })
}

// The server draws the card; only its place on the page is ours.
async function gambarUlang(kartu) {
  const halaman = new DOMParser().parseFromString(await (await fetch(location.pathname)).text(), 'text/html')
  const baru = halaman.getElementById(kartu.id)
  if (!baru) return location.reload()
  kartu.replaceWith(baru)
  pasang(baru)
  baru.querySelector('.berkas')?.scrollIntoView({ block: 'nearest' })
}

function pasang(kartu) {
  const formulir = kartu.querySelector('form[data-unggah]')
  if (!formulir) return
  formulir.querySelector('[data-tanpa-js]').hidden = true
  formulir.classList.add('pilih-js')
  const pilih = formulir.querySelector('input[type=file]')
  pilih.addEventListener('change', async () => {
    let semua = true
    for (const berkas of pilih.files) semua = (await kirim(formulir, berkas)) && semua
    formulir.querySelector('progress').hidden = true
    pilih.value = ''
    if (semua) await gambarUlang(kartu)
  })
}

addEventListener('online', () => tertunda.forEach((unggahan) => unggahan.start()))
addEventListener('beforeunload', (e) => tertunda.size && e.preventDefault())
if (daftar && window.tus?.isSupported) daftar.querySelectorAll('li[id]').forEach(pasang)
