// The pages of the dashboard: what they are called, how they are shown, and their code, which is read when a page is first asked for.
import { html, type TemplateResult } from 'lit'
import { t } from '../l10n.ts'
import type { Route } from '../route.ts'
import type { RpcClient } from '../rpc/client.ts'

export type PageId = Route['page']

/** In the order of the tabs. */
export const pageIds: readonly PageId[] = ['providers', 'combos', 'routing', 'keys', 'tools', 'logs']

const sources: Readonly<Record<PageId, () => Promise<unknown>>> = {
  providers: () => import('../providers/page.ts'),
  combos: () => import('../combos/page.ts'),
  routing: () => import('../routing/page.ts'),
  keys: () => import('../keys/page.ts'),
  tools: () => import('../tools/page.ts'),
  logs: () => import('../logs/page.ts'),
}

const loaded = new Set<PageId>()

export function isLoaded(page: PageId): boolean {
  return loaded.has(page)
}

/** Rejects when the page's files can't be read. */
export async function loadPage(page: PageId): Promise<void> {
  await sources[page]()
  loaded.add(page)
}

export function pageName(page: PageId): string {
  switch (page) {
    case 'providers':
      return t('Providers')
    case 'combos':
      return t('Combos')
    case 'routing':
      return t('Routing')
    case 'keys':
      return t('Keys')
    case 'tools':
      return t('Tools')
    case 'logs':
      return t('Logs')
  }
}

/** Only for a page that is loaded. */
export function pageView(route: Route, client: RpcClient): TemplateResult {
  switch (route.page) {
    case 'providers':
      return html`<omni-providers-page .client=${client} .form=${route.form}></omni-providers-page>`
    case 'combos':
      return html`<omni-combos-page .client=${client} .form=${route.form}></omni-combos-page>`
    case 'routing':
      return html`<omni-routing-page .client=${client} .group=${route.group}></omni-routing-page>`
    case 'keys':
      return html`<omni-keys-page .client=${client}></omni-keys-page>`
    case 'tools':
      return html`<omni-tools-page .client=${client}></omni-tools-page>`
    case 'logs':
      return html`<omni-logs-page .client=${client} .request=${route.request}></omni-logs-page>`
  }
}
