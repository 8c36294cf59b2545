// One polite live region for the whole page: results that appear somewhere else than under the focus are said here.

let region: HTMLElement | undefined

/** Says a text to screen readers. The same text twice is said twice. */
export function announce(text: string): void {
  if (!region) {
    region = document.createElement('div')
    region.className = 'omniroute-announcer'
    region.setAttribute('role', 'status')
    region.setAttribute('aria-live', 'polite')
    document.body.append(region)
  }
  // An unchanged text is not announced, so repeats differ by a trailing no-break space.
  region.textContent = region.textContent === text ? `${text}\u00a0` : text
}
