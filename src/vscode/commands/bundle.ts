// "Export…" and "Import…": everything in one file, with secrets only under a passphrase, and a choice for each item that differs.
import { homedir } from 'node:os'
import { join } from 'node:path'
import * as vscode from 'vscode'
import type { BundleChoice, BundleItem, BundlePreview } from '../../admin/contract-backup.ts'
import { type PassphraseStrength, passphraseStrength } from '../../admin/passphrase.ts'
import type { Gateway } from '../../gateway.ts'
import { readFailure } from '../failure.ts'
import { kindName } from './backup.ts'
import { gatewayFor, type WindowContext, withProgress } from './window-context.ts'

const largestFile = 16_000_000
const filters = { OmniRoute: ['json'] }

type Choices = { kind: BundleItem['kind']; id: string; choice: BundleChoice }[]

export async function exportBundle(context: WindowContext): Promise<boolean> {
  const { l10n, window, workspace, Uri } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return false
  const title = l10n.t('Export')
  const kinds = [
    { label: l10n.t('Without keys'), detail: l10n.t('Plain text. Accounts come without their keys.'), secrets: false },
    {
      label: l10n.t('With keys'),
      detail: l10n.t('Keys are encrypted with a passphrase that you choose.'),
      secrets: true,
    },
  ]
  const kind = await window.showQuickPick(kinds, { title, placeHolder: l10n.t('What shall the file hold?') })
  if (kind === undefined) return false
  const passphrase = kind.secrets ? await askNewPassphrase(title) : undefined
  if (kind.secrets && passphrase === undefined) return false
  const name = `omniroute-${new Date().toISOString().slice(0, 10)}.json`
  // Rather not into a workspace, from where it might be committed.
  const target = await window.showSaveDialog({ title, filters, defaultUri: Uri.file(join(homedir(), name)) })
  if (target === undefined) return false
  const input = passphrase === undefined ? {} : { passphrase }
  const exported = await withProgress(l10n.t('Exporting…'), () => gateway.call('bundle.export', input))
  if (exported === undefined) return false
  await workspace.fs.writeFile(target, new TextEncoder().encode(exported.text))
  const { accounts, combos, secrets } = exported
  void window.showInformationMessage(
    l10n.t('Exported. Accounts: {0}, combos: {1}, keys of accounts: {2}.', accounts, combos, secrets),
  )
  return true
}

export async function importBundle(context: WindowContext): Promise<boolean> {
  const { l10n, window, workspace } = vscode
  const gateway = await gatewayFor(context)
  if (gateway === undefined) return false
  const [file] = (await window.showOpenDialog({ title: l10n.t('Import'), filters })) ?? []
  if (file === undefined) return false
  const { size } = await workspace.fs.stat(file)
  if (size > largestFile) throw new Error(l10n.t('This file is too large to be an export of OmniRoute.'))
  const text = new TextDecoder().decode(await workspace.fs.readFile(file))
  const opened = await openFile(gateway, text)
  if (opened === undefined) return false
  const choices = await chooseItems(opened.preview)
  if (choices === undefined) return false
  const input = { text, choices, ...(opened.passphrase === undefined ? {} : { passphrase: opened.passphrase }) }
  // Not to be cancelled: it is done in one step.
  const { taken, kept } = await window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: l10n.t('Importing…') },
    () => gateway.call('bundle.import', input),
  )
  void window.showInformationMessage(
    l10n.t('Imported {0} items, left {1} as they were. What was before is in a backup.', taken, kept),
  )
  return true
}

/** Asks for the passphrase of a file that has secrets, again while it is wrong. Undefined when the user left. */
async function openFile(
  gateway: Gateway,
  text: string,
): Promise<{ preview: BundlePreview; passphrase?: string } | undefined> {
  const { l10n, window } = vscode
  const reading = l10n.t('Reading the file…')
  const preview = await withProgress(reading, () => gateway.call('bundle.preview', { text }))
  if (preview?.secrets !== 'locked') return preview && { preview }
  let prompt = l10n.t('Passphrase of the file. Leave it empty to import everything but the keys.')
  for (;;) {
    const passphrase = await window.showInputBox({
      title: l10n.t('Import'),
      prompt,
      password: true,
      ignoreFocusOut: true,
    })
    if (passphrase === undefined) return undefined
    if (passphrase === '') return { preview }
    try {
      const unlocked = await withProgress(reading, () => gateway.call('bundle.preview', { text, passphrase }))
      return unlocked && { preview: unlocked, passphrase }
    } catch (thrown) {
      prompt = readFailure(thrown, l10n).cause
    }
  }
}

/** A choice for each item that is new or differs. Undefined when the user left. */
async function chooseItems({ items }: BundlePreview): Promise<Choices | undefined> {
  const { l10n, window } = vscode
  const fresh = items.filter(({ state }) => state === 'new')
  const differing = items.filter(({ state }) => state === 'differs')
  if (fresh.length + differing.length === 0) {
    void window.showInformationMessage(l10n.t('Everything in this file is here already.'))
    return undefined
  }
  const choices: Choices = []
  if (fresh.length > 0) {
    const offered = fresh.map((item) => ({ ...labelled(item), picked: true }))
    const placeHolder = l10n.t('New items; those that are ticked are added')
    const picked = await window.showQuickPick(offered, { title: l10n.t('Import'), placeHolder, canPickMany: true })
    if (picked === undefined) return undefined
    const wanted = new Set(picked.map(({ item }) => item))
    for (const item of fresh) choices.push(chosen(item, wanted.has(item) ? 'theirs' : 'mine'))
  }
  if (differing.length > 0) {
    const decided = await chooseDiffering(differing)
    if (decided === undefined) return undefined
    choices.push(...decided)
  }
  return choices
}

async function chooseDiffering(items: readonly BundleItem[]): Promise<Choices | undefined> {
  const { l10n, window } = vscode
  const all = [
    { label: l10n.t('Keep mine for all'), choice: 'mine' as const },
    { label: l10n.t("Take the file's for all"), choice: 'theirs' as const },
    { label: l10n.t('Decide one by one'), choice: undefined },
  ]
  const title = l10n.t('Import')
  const way = await window.showQuickPick(all, { title, placeHolder: l10n.t('{0} items differ', items.length) })
  if (way === undefined) return undefined
  const { choice } = way
  // What the file can't have, stays mine.
  if (choice !== undefined) {
    return items.map((item) => chosen(item, item.choices.includes(choice) ? choice : 'mine'))
  }
  const choices: Choices = []
  for (const item of items) {
    const words: Record<BundleChoice, string> = {
      mine: l10n.t('Keep mine'),
      theirs: l10n.t("Take the file's"),
      both: l10n.t('Keep both'),
    }
    const offered = item.choices.map((each) => ({ label: words[each], choice: each }))
    const placeHolder =
      item.note === undefined
        ? kindName(item.kind, item.name)
        : l10n.t('{0}: the file names another server, and your key must not go there', kindName(item.kind, item.name))
    const picked = await window.showQuickPick(offered, { title, placeHolder, ignoreFocusOut: true })
    if (picked === undefined) return undefined
    choices.push(chosen(item, picked.choice))
  }
  return choices
}

function chosen({ kind, id }: BundleItem, choice: BundleChoice): Choices[number] {
  return { kind, id, choice }
}

function labelled(item: BundleItem): vscode.QuickPickItem & { item: BundleItem } {
  const description = item.withSecret ? vscode.l10n.t('with its key') : ''
  return { label: kindName(item.kind, item.name), description, item }
}

/** Twice the same, with a word about how good it is while it is typed. */
async function askNewPassphrase(title: string): Promise<string | undefined> {
  const { l10n, window, InputBoxValidationSeverity } = vscode
  const options = { title, password: true, ignoreFocusOut: true }
  const hints: Record<PassphraseStrength, string> = {
    short: l10n.t('At least 8 characters.'),
    weak: l10n.t('Weak: whoever gets the file may guess it. Several words are better.'),
    fair: l10n.t('Fair. A few more words make it strong.'),
    strong: l10n.t('Strong.'),
  }
  const first = await window.showInputBox({
    ...options,
    prompt: l10n.t('Passphrase for the keys in the file. Nobody can recover it.'),
    validateInput: (value) => {
      const strength = passphraseStrength(value)
      const { Error: wrong, Warning: doubtful, Info: fine } = InputBoxValidationSeverity
      const severity = strength === 'short' ? wrong : strength === 'weak' ? doubtful : fine
      return value === '' ? undefined : { message: hints[strength], severity }
    },
  })
  if (first === undefined || first === '') return undefined
  const second = await window.showInputBox({
    ...options,
    prompt: l10n.t('The same passphrase again'),
    validateInput: (value) => (value === '' || first.startsWith(value) ? undefined : l10n.t('This is not the same.')),
  })
  if (second === undefined) return undefined
  if (second === first) return first
  void window.showWarningMessage(l10n.t('The two passphrases differ; nothing was exported.'))
  return undefined
}
