// The names that coding tools ask for by themselves: a main model nobody chose, and small ones for titles and summaries. The user
// never typed them, so no account needs to have them under just this spelling.
import { capture, type Glob, parseGlob } from '../../core/glob.ts'

const clients: readonly { readonly client: string; readonly globs: readonly Glob[] }[] = [
  { client: 'Claude Code', globs: ['claude-*haiku*', 'claude-*sonnet*', 'claude-*opus*'].map(parseGlob) },
  { client: 'Codex', globs: ['gpt-5*-codex*', 'codex-*'].map(parseGlob) },
  { client: 'Gemini CLI', globs: ['gemini-*-pro*', 'gemini-*-flash*'].map(parseGlob) },
]

/** The tool that asks for a name by itself; undefined for any other name. */
export function clientThatAsks(name: string): string | undefined {
  return clients.find(({ globs }) => globs.some((glob) => capture(glob, name) !== undefined))?.client
}

/**
 * The same for two ids of one model: vendors add dates and `-latest`, resellers their vendor's name, and some write `4.5` for
 * `4-5`. A `-preview` is another model.
 */
export function spelling(id: string): string {
  const last = id.slice(id.lastIndexOf('/') + 1).toLowerCase()
  return last.replaceAll('.', '-').replace(/[-@](?:20\d{6}|20\d\d-\d\d-\d\d|latest)$/, '')
}
