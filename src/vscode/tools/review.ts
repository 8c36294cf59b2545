// A preview before it is applied: the files as a diff of the editor's own, what should be known, and the question. The gateway's
// key is hidden in the diff; everything else is the person's own file as it is.
import { basename } from 'node:path'
import * as vscode from 'vscode'
import type { ToolPreview } from '../../admin/contract-tools.ts'
import type { Gateway } from '../../gateway.ts'
import type { ReadOnlyTexts } from '../read-only-texts.ts'
import { sentenceText } from './words.ts'

type Preview = Extract<ToolPreview, { kind: 'preview' }>

/** What of a preview is told beside the diff. */
export interface Shown {
  readonly files: readonly Pick<Preview['files'][number], 'path' | 'effect' | 'replaced' | 'left'>[]
  readonly notes: Preview['notes']
}

export interface Diff {
  show(): Promise<void>
  /** In editors of their own beside the one that is open, which stays in sight. */
  showBeside(): Promise<void>
  close(): Promise<void>
}

/** Reads the texts of a preview that the gateway holds. */
export async function openDiff(
  gateway: Pick<Gateway, 'call'>,
  texts: ReadOnlyTexts,
  { id, title }: { readonly id: string; readonly title: string },
): Promise<Diff> {
  const { files } = await gateway.call('tools.texts', { id })
  return diffOf(
    texts,
    title,
    id,
    files.filter(({ before, after }) => before !== after),
  )
}

export function diffOf(
  texts: ReadOnlyTexts,
  title: string,
  id: string,
  files: readonly {
    readonly path: string
    readonly before?: string | undefined
    readonly after?: string | undefined
  }[],
): Diff {
  const folder = `/${id}/`
  const sides = files.map(({ path, before = '', after = '' }, index) => {
    const name = basename(path.replaceAll('\\', '/'))
    return {
      path,
      before: texts.put(`${folder}${index}/before/${name}`, before),
      after: texts.put(`${folder}${index}/after/${name}`, after),
    }
  })
  return {
    async show() {
      const [first, ...others] = sides
      if (first === undefined) return
      if (others.length === 0) {
        await vscode.commands.executeCommand('vscode.diff', first.before, first.after, title, { preview: false })
        return
      }
      const rows = sides.map(({ path, before, after }) => [vscode.Uri.file(path), before, after])
      await vscode.commands.executeCommand('vscode.changes', title, rows)
    },
    async showBeside() {
      for (const { before, after } of sides.slice(0, besideMost)) {
        const options = { preview: false, viewColumn: vscode.ViewColumn.Beside }
        await vscode.commands.executeCommand('vscode.diff', before, after, title, options)
      }
    },
    close: () => texts.drop(folder, title),
  }
}

const lineWidth = 76
/** More files than this are of one kind, and nobody looks at them all. */
const besideMost = 5

interface Answer extends vscode.QuickPickItem {
  readonly answer: 'apply' | 'cancel' | 'look'
}

/** Asks until there is an answer; the diff stays beside the question. */
export async function askToApply(title: string, shown: Shown, diff: Diff): Promise<boolean> {
  const { l10n } = vscode
  const paths = shown.files.filter(({ effect }) => effect !== 'kept').map(({ path }) => path)
  const replaced = shown.files.flatMap((file) => file.replaced)
  const left = shown.files.flatMap((file) => file.left)
  const remarks = [
    ...shown.notes.filter(({ kind }) => kind === 'warning').map(({ says }) => sentenceText(says, l10n)),
    ...(replaced.length === 0 ? [] : [l10n.t('Replaces what you have now: {0}', named(replaced))]),
    ...(left.length === 0 ? [] : [l10n.t('Changed by someone else and left as it is: {0}', named(left))]),
  ]
  const items: Answer[] = [
    { label: `$(check) ${l10n.t('Apply')}`, detail: paths.join(', '), answer: 'apply' },
    { label: `$(close) ${l10n.t('Cancel')}`, detail: l10n.t('Nothing has been changed yet.'), answer: 'cancel' },
  ]
  const more: (Answer | vscode.QuickPickItem)[] =
    remarks.length === 0
      ? []
      : [
          { label: l10n.t('To know before'), kind: vscode.QuickPickItemKind.Separator },
          ...remarks.flatMap((text) =>
            wrapped(text).map(
              (line, index): Answer => ({ label: `$(${index === 0 ? 'warning' : 'blank'}) ${line}`, answer: 'look' }),
            ),
          ),
        ]
  for (;;) {
    await diff.show()
    const picked = await vscode.window.showQuickPick<Answer | vscode.QuickPickItem>([...items, ...more], {
      title,
      placeHolder: l10n.t('This is what would change. The key is hidden here, not in the file.'),
      ignoreFocusOut: true,
    })
    const answer = picked && 'answer' in picked ? picked.answer : undefined
    if (answer !== 'look') return answer === 'apply'
  }
}

/** A quick pick cuts long lines off. */
function wrapped(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.length < lineWidth) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** The whole file has no key. */
function named(keys: readonly string[]): string {
  return keys.map((key) => (key === '' ? vscode.l10n.t('the whole file') : key)).join(', ')
}
