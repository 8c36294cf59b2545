// At the end: everything that was set up in coding tools is taken back, one tool after the other, by the journal alone. What others
// have changed since stays theirs, and a file that can't be written keeps its record, so that it can be tried again.
import { type Sentence, say } from '../core/sentence.ts'
import { applyTakeBack } from './apply.ts'
import { fileJournal } from './journal.ts'
import { tools } from './known/registry.generated.ts'
import { toProblem } from './survey.ts'
import { previewTakeBack } from './take-back.ts'

export interface SetUpTool {
  /** As the tool is called. */
  readonly name: string
  readonly paths: readonly string[]
}

export interface TakenBackTool extends SetUpTool {
  /** Why it could not be taken back. */
  readonly trouble?: Sentence
}

/** The tools that something of ours is in. `folder` is the one of the journal. Throws `FileTrouble` for a damaged journal. */
export async function listSetUpTools(folder: string): Promise<SetUpTool[]> {
  const files = await fileJournal(folder).read()
  const ids = [...new Set(files.flatMap(({ records }) => records.map(({ tool }) => tool)))]
  return ids.map((id) => ({
    name: tools.find((tool) => tool.id === id)?.name ?? id,
    paths: files.filter(({ records }) => records.some(({ tool }) => tool === id)).map(({ path }) => path),
  }))
}

/** What can't be done is told. */
export async function takeBackAll(folder: string): Promise<TakenBackTool[]> {
  const journal = fileJournal(folder)
  try {
    const ids = new Set((await journal.read()).flatMap(({ records }) => records.map(({ tool }) => tool)))
    const results: TakenBackTool[] = []
    for (const id of ids) {
      const name = tools.find((tool) => tool.id === id)?.name ?? id
      const trouble = await takeBackOne(id)
      results.push({ name, ...trouble })
    }
    return results
  } catch (error) {
    return [{ name: 'OmniRoute', ...troubleOf(error) }]
  }

  async function takeBackOne(id: string): Promise<Omit<TakenBackTool, 'name'>> {
    try {
      const previews = await previewTakeBack(id, ['add', 'default'], journal)
      const paths = previews.map(({ path }) => path)
      const result = await applyTakeBack(previews, journal)
      if (result.kind === 'done') return { paths }
      const trouble = result.kind === 'failed' ? result.reason : say('It was being written at the same moment.')
      return { paths: [result.path], trouble }
    } catch (error) {
      return troubleOf(error)
    }
  }
}

function troubleOf(error: unknown): { paths: readonly string[]; trouble: Sentence } {
  const { path, says } = toProblem(error)
  return { paths: path === undefined ? [] : [path], trouble: says }
}
