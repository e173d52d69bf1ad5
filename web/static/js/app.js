// Starts govuk-frontend; its file has a hashed name, which the page tells us.
const { initAll } = await import(document.querySelector('script[data-govuk]').dataset.govuk)
initAll()
