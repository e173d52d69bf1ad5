// Starts govuk-frontend; its file has a hashed name, which the page tells us.
const { initAll } = await import(document.querySelector('script[data-govuk]').dataset.govuk)
initAll()

// A page image may still be in the making: the server sends words in its place, of this width, and we ask again.
const PREPARED_WIDTH = 341

function wait(picture) {
  const tries = Number(picture.dataset.retry ?? 0)
  if (picture.naturalWidth !== PREPARED_WIDTH || tries >= 12) return
  picture.dataset.retry = tries + 1
  const address = new URL(picture.src)
  address.searchParams.set('ulang', tries + 1)
  setTimeout(() => { picture.src = address }, 1000 * 1.4 ** tries)
}

document.addEventListener('load', (e) => e.target instanceof HTMLImageElement && wait(e.target), true)
for (const picture of document.images) if (picture.complete) wait(picture)
