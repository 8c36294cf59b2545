// The table of failure codes in docs/routing.md, drawn from the catalogue in src/core/errors.ts.
import { replaceBetween, table } from './readme-tables.mjs'

const scopes = {
  none: '',
  account: 'the account',
  'account-model': 'the model at the account',
  provider: 'the provider',
}

/** docs/routing.md with its table brought up to date. */
export function withFailures(text, failures) {
  const rows = Object.entries(failures).map(([code, row]) => [
    `\`${code}\``,
    String(row.status),
    row.fault === 'client-left' ? 'nobody' : row.fault,
    row.cooldown === 'none' ? '' : `${scopes[row.cooldown]}, ${inWords(row.cooldownMs)}`,
    row.chain ? 'yes' : '',
    row.breaker ? 'yes' : '',
  ])
  return replaceBetween(text, 'failures', table(['Code', 'Status', 'Whose fault', 'Rests', 'Next', 'Breaker'], rows))
}

function inWords(milliseconds) {
  return milliseconds < 60_000 ? `${milliseconds / 1_000} s` : `${milliseconds / 60_000} min`
}
