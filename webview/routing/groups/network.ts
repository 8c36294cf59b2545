// How providers are reached: the proxy of all of them, and of single ones.
import { html } from 'lit'
import { formatNumber } from '../../format.ts'
import { t } from '../../l10n.ts'
import { type Choice, choiceField, rowsField, textField } from '../fields.ts'
import type { Group } from '../group.ts'

export const network: Group = {
  id: 'network',
  sections: ['network'],
  title: () => t('Network'),
  purpose: () =>
    t(
      'The proxy that providers are reached through. If it can’t be reached, requests fail; they never go around it. Servers on this machine are always called directly.',
    ),
  summary: ({ network: { proxy, perProvider } }) => {
    const count = Object.keys(perProvider).length
    const all = proxy === '' ? t('Proxy of the editor or the system') : proxy === 'direct' ? t('No proxy') : proxy
    return count === 0 ? all : `${all} · ${t('Providers with their own: {0}', formatNumber(count))}`
  },
  fields: (form) => {
    const providers = new Map(form.space.accounts.map(({ provider, providerName }) => [provider, providerName]))
    const choices: readonly Choice[] = [['', t('Choose a provider')], ...providers]
    return html`
      ${textField(form, ['network', 'proxy'], t('Proxy'), {
        placeholder: t('As the editor or the system says'),
        note: t(
          'http://, https:// or socks5:// with host and port, or the word direct for none. A proxy with a password is entered at the account.',
        ),
      })}
      ${rowsField(form, ['network', 'perProvider'], {
        legend: t('Proxy of a provider'),
        few: true,
        none: t('No provider has its own.'),
        add: t('Add provider'),
        newRow: () => ({ name: '', value: '' }),
        name: (place) => t('provider {0}', place),
        entry: (path) => html`
          ${choiceField(form, [...path, 'name'], t('Provider'), choices)}
          ${textField(form, [...path, 'value'], t('Proxy'), { placeholder: 'http://host:3128' })}
        `,
      })}
    `
  },
}
