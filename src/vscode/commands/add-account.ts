// "Add Account": provider, then only what that provider asks for, then one real call that shows whether it works.
import * as vscode from 'vscode'
import type { AccountInput, ProviderView } from '../../admin/contract.ts'
import type { Gateway } from '../../gateway.ts'
import {
  baseUrlQuestion,
  freeLabel,
  keyQuestion,
  labelQuestion,
  prefixFrom,
  prefixQuestion,
} from './account-questions.ts'
import { showCheck } from './account-results.ts'
import type { AccountPrefill } from './command-ids.ts'
import { consentFor } from './consent.ts'
import { askAll, type Question } from './input-steps.ts'
import { gatewayFor, type WindowContext, withProgress } from './window-context.ts'

type Answer = 'baseUrl' | 'apiKey' | 'label' | 'prefix'

/** Gives the id of the new account, or undefined when the user left. */
export async function addAccount(context: WindowContext, value?: unknown): Promise<string | undefined> {
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const prefill = readPrefill(value)
  const providers = await gateway.call('providers.list', {})
  const provider = providers.find(({ id }) => id === prefill?.provider) ?? (await pickProvider(providers))
  if (provider === undefined) return undefined
  const input = await askFor(gateway, provider, prefill)
  if (input === undefined) return undefined
  await consentFor(context, provider)
  const result = await withProgress(
    vscode.l10n.t('Adding {0}…', provider.name),
    () => gateway.call('accounts.add', input),
    ({ account }) => gateway.call('accounts.remove', { id: account.id }),
  )
  if (result === undefined) return undefined
  void showCheck(result.account, result.check, true)
  return result.account.id
}

async function askFor(
  gateway: Gateway,
  provider: ProviderView,
  prefill: AccountPrefill | undefined,
): Promise<AccountInput | undefined> {
  const { l10n } = vscode
  const title = l10n.t('Add {0}', provider.name)
  const labels = (await gateway.call('accounts.list', {})).map(({ label }) => label)
  const generic = provider.asks.includes('baseUrl')
  const questions: { key: Answer; ask: (answers: Partial<Record<Answer, string>>) => Question }[] = []
  if (generic && prefill?.baseUrl === undefined) {
    questions.push({ key: 'baseUrl', ask: () => baseUrlQuestion(title, provider, l10n) })
  }
  if (provider.key !== 'none') questions.push({ key: 'apiKey', ask: () => keyQuestion(title, provider, l10n) })
  if (prefill?.label === undefined) {
    questions.push({ key: 'label', ask: () => labelQuestion(title, freeLabel(provider.name, labels), l10n) })
  }
  if (generic && prefill?.prefix === undefined) {
    questions.push({
      key: 'prefix',
      ask: ({ label }) => prefixQuestion(title, prefixFrom(label ?? prefill?.label ?? '', provider.id), l10n),
    })
  }
  const answers = await askAll(questions)
  if (answers === undefined) return undefined
  const given = Object.fromEntries(Object.entries(answers).filter(([, text]) => text !== ''))
  return { ...prefill, ...given, provider: provider.id }
}

async function pickProvider(providers: readonly ProviderView[]): Promise<ProviderView | undefined> {
  const { l10n } = vscode
  const groups: [string, readonly ProviderView[]][] = [
    [l10n.t('Try it without a key'), providers.filter(({ builtIn }) => builtIn)],
    [l10n.t('Providers'), providers.filter((provider) => !provider.builtIn && !provider.asks.includes('baseUrl'))],
    [
      l10n.t('Any other server'),
      providers.filter((provider) => !provider.builtIn && provider.asks.includes('baseUrl')),
    ],
  ]
  const items = groups.flatMap(([label, members]): (vscode.QuickPickItem & { provider?: ProviderView })[] =>
    members.length === 0
      ? []
      : [
          { label, kind: vscode.QuickPickItemKind.Separator },
          ...members
            .toSorted((left, right) => left.name.localeCompare(right.name))
            .map((provider) => ({
              label: provider.name,
              ...(provider.website === undefined ? {} : { description: new URL(provider.website).host }),
              ...(provider.note === undefined ? {} : { detail: provider.note }),
              provider,
            })),
        ],
  )
  const picked = await vscode.window.showQuickPick(items, {
    title: l10n.t('Add Account'),
    placeHolder: l10n.t('Whose models do you want to use?'),
    matchOnDescription: true,
  })
  return picked?.provider
}

/** Other extensions and links may prefill; what is not text is left out, and the gateway checks the rest. */
function readPrefill(value: unknown): AccountPrefill | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Record<string, unknown>
  const text = (key: Exclude<Answer, 'apiKey'>) => (typeof fields[key] === 'string' ? { [key]: fields[key] } : {})
  if (typeof fields['provider'] !== 'string') return undefined
  return { provider: fields['provider'], ...text('label'), ...text('prefix'), ...text('baseUrl') }
}
