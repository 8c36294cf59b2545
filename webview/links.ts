// Links out of the dashboard. Addresses come from data, so anything but http(s) is shown as text only.
import { html, type TemplateResult } from 'lit'
import { icon } from './icon.ts'
import { t } from './l10n.ts'

export function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)
}

/** A link that opens outside the dashboard; plain text when the address is no web address. */
export function outsideLink(address: string, text: string): TemplateResult {
  if (!isWebAddress(address)) return html`${text}`
  return html`<a href=${address} target="_blank" rel="noopener noreferrer" title=${address}
    >${text}${icon('link-external', 'after')}<span class="unseen"> ${t('(opens outside)')}</span></a
  >`
}
