// The questions about an account, shared by adding and editing, with checks that say what is wrong before anything is sent.
import type { ProviderView } from '../../admin/contract.ts'
import type { Localizer } from '../localizer.ts'
import type { Question } from './input-steps.ts'

export function baseUrlQuestion(title: string, provider: ProviderView | undefined, l10n: Localizer): Question {
  return {
    title,
    prompt: l10n.t('Base URL of the server, up to and including the version, for example http://127.0.0.1:8080/v1'),
    value: provider?.baseUrl ?? '',
    placeholder: 'http://127.0.0.1:8080/v1',
    validate: (value) => (isHttpUrl(value) ? undefined : l10n.t('Enter a URL that begins with http:// or https://.')),
  }
}

export function keyQuestion(
  title: string,
  provider: Pick<ProviderView, 'name' | 'key' | 'keyUrl'>,
  l10n: Localizer,
): Question {
  const optional = provider.key === 'optional'
  return {
    title,
    prompt: optional
      ? l10n.t('Key for {0}. Leave empty if the server needs none. It is kept in the secret storage.', provider.name)
      : l10n.t('Key for {0}. It is kept in the secret storage of VS Code.', provider.name),
    password: true,
    ...(provider.keyUrl === undefined ? {} : { page: provider.keyUrl }),
    validate: (value) => {
      if (value === '') return optional ? undefined : l10n.t('Enter the key.')
      return /^[\x21-\x7e]{1,4000}$/.test(value) ? undefined : l10n.t('A key has no blanks and no special characters.')
    },
  }
}

export function labelQuestion(title: string, value: string, l10n: Localizer): Question {
  return {
    title,
    prompt: l10n.t('Name of the account, as lists show it'),
    value,
    validate: (text) =>
      text.length >= 1 && text.length <= 100 ? undefined : l10n.t('Enter a name of at most 100 characters.'),
  }
}

export function prefixQuestion(title: string, value: string, l10n: Localizer): Question {
  return {
    title,
    prompt: l10n.t('Prefix of its models: a model is then called prefix/model'),
    value,
    validate: (text) =>
      /^[a-z0-9][a-z0-9._-]{0,63}$/.test(text)
        ? undefined
        : l10n.t('Use lower-case letters, digits, dot, dash and underscore, beginning with a letter or digit.'),
  }
}

/** A prefix made from a label: `My Server` becomes `my-server`. */
export function prefixFrom(label: string, fallback: string): string {
  const made = label
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 64)
  return made === '' ? fallback : made
}

/** The name itself, or with a number when another account has it already. */
export function freeLabel(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name
  for (let number = 2; number <= taken.length + 2; number += 1) {
    const candidate = `${name} ${number}`
    if (!taken.includes(candidate)) return candidate
  }
  return name
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
