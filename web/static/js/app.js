// Starts govuk-frontend; its file has a hashed name, which the page tells us.
const { initAll } = await import(document.querySelector('script[data-govuk]').dataset.govuk)
initAll()

// A page image may still be in the making: the server sends words in its place, of this width, and we ask again.
const DISIAPKAN = 341

function tunggu(gambar) {
  const kali = Number(gambar.dataset.ulang ?? 0)
  if (gambar.naturalWidth !== DISIAPKAN || kali >= 12) return
  gambar.dataset.ulang = kali + 1
  const alamat = new URL(gambar.src)
  alamat.searchParams.set('ulang', kali + 1)
  setTimeout(() => { gambar.src = alamat }, 1000 * 1.4 ** kali)
}

document.addEventListener('load', (e) => e.target instanceof HTMLImageElement && tunggu(e.target), true)
for (const gambar of document.images) if (gambar.complete) tunggu(gambar)
