// "Edit Account", "Test Account", "Remove Account". Each takes an account's id, or asks which one.
import * as vscode from 'vscode'
import type { AccountView } from '../../admin/contract.ts'
import type { Gateway } from '../../gateway.ts'
import { baseUrlQuestion, keyQuestion, labelQuestion, prefixQuestion } from './account-questions.ts'
import { showCheck } from './account-results.ts'
import { consentFor } from './consent.ts'
import { askAll, type Question } from './input-steps.ts'
import { runCommand } from './register.ts'
import { gatewayFor, type WindowContext, withProgress } from './window-context.ts'

export async function editAccount(context: WindowContext, id?: unknown): Promise<void> {
  const chosen = await chooseAccount(context, id, vscode.l10n.t('Edit Account'))
  if (chosen === undefined) return
  const { gateway, account } = chosen
  const change = await chooseChange(gateway, account)
  if (change === undefined) return
  const updated = await gateway.call('accounts.update', { id: account.id, ...change })
  if ('apiKey' in change || 'baseUrl' in change) await check(gateway, updated)
}

export async function testAccount(context: WindowContext, id?: unknown): Promise<void> {
  const chosen = await chooseAccount(context, id, vscode.l10n.t('Test Account'))
  if (chosen === undefined) return
  const { gateway, account } = chosen
  await consentFor(
    context,
    (await gateway.call('providers.list', {})).find(({ id: provider }) => provider === account.provider),
  )
  await check(gateway, account)
}

export async function removeAccount(context: WindowContext, id?: unknown): Promise<void> {
  const { l10n } = vscode
  const chosen = await chooseAccount(context, id, l10n.t('Remove Account'))
  if (chosen === undefined) return
  const remove = l10n.t('Remove')
  const answer = await vscode.window.showWarningMessage(
    l10n.t('Remove {0}?', chosen.account.label),
    {
      modal: true,
      detail: l10n.t('Its key is deleted, and models under "{0}/" may no longer answer.', chosen.account.prefix),
    },
    remove,
  )
  if (answer === remove) await chosen.gateway.call('accounts.remove', { id: chosen.account.id })
}

async function check(gateway: Gateway, account: AccountView): Promise<void> {
  const result = await withProgress(vscode.l10n.t('Testing {0}…', account.label), () =>
    gateway.call('accounts.test', { id: account.id }),
  )
  if (result !== undefined) void showCheck(account, result, false)
}

async function chooseAccount(
  context: WindowContext,
  id: unknown,
  title: string,
): Promise<{ gateway: Gateway; account: AccountView } | undefined> {
  const { l10n } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return undefined
  const accounts = await gateway.call('accounts.list', {})
  const named = accounts.find((account) => account.id === id)
  if (named !== undefined) return { gateway, account: named }
  if (accounts.length === 0) {
    void offerFirstAccount()
    return undefined
  }
  const picked = await vscode.window.showQuickPick(
    accounts.map((account) => ({
      label: account.label,
      description: `${account.providerName} · ${account.prefix}/`,
      detail: stateText(account),
      account,
    })),
    { title, placeHolder: l10n.t('Which account?'), matchOnDescription: true },
  )
  return picked === undefined ? undefined : { gateway, account: picked.account }
}

export async function offerFirstAccount(): Promise<void> {
  const add = vscode.l10n.t('Add Account')
  const answer = await vscode.window.showInformationMessage(vscode.l10n.t('There is no account yet.'), add)
  if (answer === add) await runCommand('omniroute.account.add')
}

type Change = { label: string } | { apiKey: string } | { baseUrl: string } | { prefix: string } | { enabled: boolean }

async function chooseChange(gateway: Gateway, account: AccountView): Promise<Change | undefined> {
  const { l10n } = vscode
  const provider = (await gateway.call('providers.list', {})).find(({ id }) => id === account.provider)
  const title = l10n.t('Edit {0}', account.label)
  const one = async <Key extends string>(key: Key, question: Question) => {
    const answer = (await askAll([{ key, ask: () => question }]))?.[key]
    return answer === undefined || answer === '' ? undefined : answer
  }
  const items: (vscode.QuickPickItem & { change: () => Promise<Change | undefined> })[] = [
    {
      label: l10n.t('Name'),
      description: account.label,
      change: async () => {
        const label = await one('label', labelQuestion(title, account.label, l10n))
        return label === undefined ? undefined : { label }
      },
    },
    {
      label: l10n.t('Prefix'),
      description: `${account.prefix}/`,
      change: async () => {
        const prefix = await one('prefix', prefixQuestion(title, account.prefix, l10n))
        return prefix === undefined ? undefined : { prefix }
      },
    },
    {
      label: account.enabled ? l10n.t('Disable') : l10n.t('Enable'),
      change: () => Promise.resolve({ enabled: !account.enabled }),
    },
  ]
  if (provider?.key !== 'none') {
    items.unshift({
      label: l10n.t('Key'),
      description: account.keyTail === undefined ? l10n.t('none') : `…${account.keyTail}`,
      change: async () => {
        const asked = provider ?? { name: account.providerName, key: 'required' as const }
        const apiKey = await one('apiKey', keyQuestion(title, asked, l10n))
        return apiKey === undefined ? undefined : { apiKey }
      },
    })
  }
  if (account.baseUrl !== undefined || provider?.asks.includes('baseUrl')) {
    items.push({
      label: l10n.t('Base URL'),
      description: account.baseUrl ?? '',
      change: async () => {
        const question = baseUrlQuestion(title, provider, l10n)
        const baseUrl = await one('baseUrl', { ...question, value: account.baseUrl ?? question.value ?? '' })
        return baseUrl === undefined ? undefined : { baseUrl }
      },
    })
  }
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: l10n.t('What do you want to change?') })
  return await picked?.change()
}

export function stateText(account: AccountView): string {
  const { l10n } = vscode
  switch (account.state.kind) {
    case 'ready':
      return l10n.t('$(check) Ready')
    case 'needs-key':
      return l10n.t('$(key) Needs a key')
    case 'resting':
      return l10n.t('$(watch) Resting: {0}', l10n.t(account.state.reason ?? ''))
    case 'disabled':
      return l10n.t('$(circle-slash) Disabled')
  }
}
