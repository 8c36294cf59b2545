// Draws docs/translation.md from the wire formats themselves: every feature is sent through every pair and read back.
// `node test/translation/document.ts` writes the page, with `--check` it only fails when the page is not what it would write.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type WireId, wireIds } from '../../src/core/wire-format.ts'
import { crossReply, crossRequest, type Outcome } from './crossing.ts'
import { plainRequest, reasoningRequest, requestFeatures } from './features.ts'
import { plainReply, replyFeatures } from './reply-features.ts'

const page = fileURLToPath(new URL('../../docs/translation.md', import.meta.url))

const names: Readonly<Record<WireId, string>> = {
  'openai-chat': 'OpenAI Chat',
  'openai-responses': 'OpenAI Responses',
  'anthropic-messages': 'Anthropic Messages',
  'gemini-generate': 'Gemini generateContent',
}

const words = { kept: 'kept', changed: 'changed', lost: 'lost', refused: 'refused', unsaid: '' } as const

/** Footnotes, numbered in the order in which they first come up. */
function createNotes(): { mark(note: string): string; lines(): string[] } {
  const notes: string[] = []
  return {
    mark(note) {
      if (!notes.includes(note)) notes.push(note)
      return `[${notes.indexOf(note) + 1}]`
    },
    lines: () => notes.map((note, index) => `${index + 1}. ${note}`),
  }
}

interface Row {
  readonly name: string
  readonly outcomes: readonly Outcome[]
}

function table(head: readonly string[], rows: readonly Row[], mark: (note: string) => string): string[] {
  const lines = rows
    .filter(({ outcomes }) => outcomes.some(({ kind }) => kind !== 'unsaid'))
    .map(({ name, outcomes }) => {
      const cells = outcomes.map((outcome) => {
        const notes = outcome.kind === 'unsaid' ? [] : outcome.notes.map(mark)
        return [words[outcome.kind], ...notes].join(' ')
      })
      return `| ${[name, ...cells].join(' | ')} |`
    })
  return [`| ${head.join(' | ')} |`, `|${head.map(() => ' --- |').join('')}`, ...lines]
}

const introduction = `# What a translation keeps

<!-- Drawn by \`node test/translation/document.ts\` from the wire formats; a test fails when this page is stale. -->

Any client can ask any upstream. Where both speak the same wire, the gateway passes the bytes on untouched but for the model's name
and the credentials, so nothing is lost. Between two wires the request is read into ordered parts and written anew, and the answer
comes back the same way, streamed or whole. This page says what becomes of each thing a client can say and an upstream can answer. It
was found out by sending each of them through each pair and reading it back, with a model that takes all its wire has; a vendor or
model may take less. Whatever is dropped or changed for a request stands in its trace, and in the header \`x-omniroute-warnings\` when
the client sends \`x-omniroute-debug: 1\`.

*kept*: it arrives as it was. *changed*: it arrives in another form. *lost*: the other wire has no words for it. *refused*: the request
is answered with an error rather than with half of its meaning. An empty cell: the asking side has no words for it either. Numbers
point to the warnings at the end.

Signed reasoning only ever goes back to the vendor that signed it. Where the client's wire has no room for a signature, the gateway
keeps it in memory by the id of the tool call it led to and puts it back when that call returns.

What the tables can't show:

- **Files by address.** Where the upstream fetches nothing itself, the gateway downloads what lies at an address and sends its
  content: http and https, the public internet only, 20 MB and 20 seconds a file, 20 files a request. What was downloaded is kept in
  memory for an hour. If it can't be had, the request goes on to the next target, and fails in words that say why.
- **Several answers at once** (\`n\`, \`candidateCount\`) are refused between wires, whoever asks: only one of those that were paid for
  would arrive. Within one wire they pass untouched.
- **Counting tokens.** Anthropic's \`count_tokens\`, Gemini's \`countTokens\` and OpenAI's \`input_tokens\` are asked across wires.
  Elsewhere, or when that fails, the gateway estimates and says so in the header \`x-omniroute-estimated: 1\`.
- **Anthropic's own tools.** Those that the client runs (\`bash_…\`, \`text_editor_…\`, \`computer_…\`, \`memory_…\`) are offered to other models
  as functions of the same name with the documented input. Those that Anthropic runs are exchanged for the target's own where it has
  the like (web search), else dropped with a warning.
- **Sound in answers** of OpenAI Chat arrives as its transcript, with a warning; Gemini's reaches Gemini clients only.
- **Empty optional arguments** (\`pages: ""\`) are taken out of tool calls of models known to invent them, and of no others; the arguments
  of such a call then arrive in one piece.
`

function requestSection(client: WireId, mark: (note: string) => string): string[] {
  const upstreams = wireIds.filter((id) => id !== client)
  const rows = requestFeatures.map((feature) => ({
    name: feature.name,
    outcomes: upstreams.map((upstream) => crossRequest(feature, plainRequest, client, upstream)),
  }))
  return [`### Asked in ${names[client]}`, '', ...table(['to', ...upstreams.map((id) => names[id])], rows, mark), '']
}

function replySection(client: WireId, mark: (note: string) => string): string[] {
  const upstreams = wireIds.filter((id) => id !== client)
  const rows = replyFeatures.map((feature) => ({
    name: feature.name,
    outcomes: upstreams.map((upstream) => crossReply(feature, plainReply, reasoningRequest, client, upstream)),
  }))
  return [
    `### Answered in ${names[client]}`,
    '',
    ...table(['from', ...upstreams.map((id) => names[id])], rows, mark),
    '',
  ]
}

/** The whole page. */
export function translationDocument(): string {
  const { mark, lines } = createNotes()
  const requests = wireIds.flatMap((client) => requestSection(client, mark))
  const replies = wireIds.flatMap((client) => replySection(client, mark))
  return [
    introduction,
    '## Requests',
    '',
    ...requests,
    '## Answers',
    '',
    ...replies,
    '## Warnings',
    '',
    ...lines(),
    '',
  ].join('\n')
}

export function currentDocument(): string {
  return readFileSync(page, 'utf8')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = translationDocument()
  if (!process.argv.includes('--check')) writeFileSync(page, text)
  else if (currentDocument() !== text) {
    process.stderr.write('docs/translation.md is stale: run "node test/translation/document.ts".\n')
    process.exitCode = 1
  }
}
