// How a fake upstream behaves for one request, as plain data. A script is named by the model (`text~events=20~pauseMs=5`: a
// preset, then overrides) or set for a model through the control API. The last segment of a model id with slashes counts.
import * as z from 'zod'

const deliveries = [
  'normal',
  'hang-before-headers',
  'hang-after-headers',
  'hang-mid-stream',
  'break-before-headers',
  'break-after-headers',
  'break-mid-stream',
  'break-after-terminal',
  'truncated-json',
  'malformed-sse',
  'html',
  'error-in-200',
  'error-event',
  'empty',
  'missing-done',
  'missing-terminal',
] as const

export const scriptSchema = z
  .object({
    /** What is answered; `loop` asks for a tool and, once its result is there, answers with it. */
    answer: z.enum(['text', 'echo', 'tool', 'loop']).default('text'),
    /** Text to answer with instead of the numbered words. */
    text: z.string().optional(),
    /** Number of text events; a reply that is no stream holds all of them in one. */
    events: z.coerce.number().int().min(0).max(100_000).default(4),
    /** Number of reasoning events before the text. */
    reasoning: z.coerce.number().int().min(0).max(1000).default(0),
    /** Tools called at once. */
    calls: z.coerce.number().int().min(1).max(50).default(1),
    /** The tool that is called; by turns those offered when absent. */
    tool: z.string().optional(),
    /** Arguments of the tool calls, as JSON text; made up from the tool's schema when absent. */
    arguments: z.string().optional(),
    usage: z.stringbool().or(z.boolean()).default(true),
    /** Input tokens that came from a cache, out of all of them. */
    cached: z.coerce.number().int().min(0).default(0),
    /** Input tokens that were written to a cache for minutes, and for an hour; only the Anthropic wire tells them apart. */
    written: z.coerce.number().int().min(0).default(0),
    writtenForAnHour: z.coerce.number().int().min(0).default(0),
    finish: z.enum(['stop', 'length', 'filter']).default('stop'),

    delivery: z.enum(deliveries).default('normal'),
    /** Content events sent before something happens; half of them when absent. */
    after: z.coerce.number().int().min(0).optional(),
    /** Broken connections end with a reset (RST) rather than an orderly close (FIN). */
    reset: z.stringbool().or(z.boolean()).default(false),
    firstByteMs: z.coerce.number().int().min(0).max(600_000).default(0),
    /** Wait between the headers and the first event. */
    firstEventMs: z.coerce.number().int().min(0).max(600_000).default(0),
    pauseMs: z.coerce.number().int().min(0).max(60_000).default(0),
    /** Cuts everything into writes of this many bytes, whatever they contain. */
    pieceBytes: z.coerce.number().int().min(1).optional(),
    /** Size of the text in megabytes: many events of 64 KB, or one with `oneEvent`. */
    megabytes: z.coerce.number().int().min(0).max(2048).default(0),
    oneEvent: z.stringbool().or(z.boolean()).default(false),

    /** A status of 400 and more answers with the error of the dialect. */
    status: z.coerce.number().int().min(200).max(599).default(200),
    message: z.string().optional(),
    retryAfter: z.coerce.string().optional(),
    headers: z.record(z.string(), z.string()).default({}),
    contentType: z.string().optional(),

    newline: z.enum(['lf', 'crlf', 'cr']).default('lf'),
    comments: z.stringbool().or(z.boolean()).default(false),
    byteOrderMark: z.stringbool().or(z.boolean()).default(false),
    /** `data:x` rather than `data: x`. */
    tight: z.stringbool().or(z.boolean()).default(false),
  })
  .strict()

export type Script = z.output<typeof scriptSchema>
export type ScriptInput = z.input<typeof scriptSchema>

/** First word of a model's name -> what it changes in the default script. */
const presets: Readonly<Record<string, ScriptInput>> = {
  text: {},
  echo: { answer: 'echo' },
  tool: { answer: 'tool' },
  'tools-parallel': { answer: 'tool', calls: 2 },
  'tool-loop': { answer: 'loop' },
  reasoning: { reasoning: 3 },
  'no-usage': { usage: false },
  'no-content': { events: 0 },
  length: { finish: 'length' },
  filter: { finish: 'filter' },
  slow: { firstByteMs: 300 },
  'slow-first-event': { firstEventMs: 300 },
  'slow-loris': { pieceBytes: 1, pauseMs: 1 },
  'byte-by-byte': { pieceBytes: 1 },
  endless: { events: 100_000, pauseMs: 10 },
  html: { delivery: 'html' },
  'html-502': { delivery: 'html', status: 502 },
  'huge-body': { megabytes: 8 },
  'huge-event': { megabytes: 8, oneEvent: true },
  crlf: { newline: 'crlf' },
  cr: { newline: 'cr' },
  comments: { comments: true },
  bom: { byteOrderMark: true },
  tight: { tight: true },
  'wrong-content-type': { contentType: 'text/plain; charset=utf-8' },
  ...Object.fromEntries(deliveries.map((delivery) => [delivery, { delivery }])),
  'error-event': { delivery: 'error-event', after: 0 },
  'error-mid-stream': { delivery: 'error-event' },
}

/** The script that a model's name spells, or undefined for a name that means nothing to the fake. */
export function scriptOfName(model: string): Script | undefined {
  const [word = '', ...overrides] = (model.split('/').at(-1) ?? '').split('~')
  const status = /^status-(\d{3})$/.exec(word)?.[1]
  const preset = status === undefined ? presets[word] : { status: Number(status) }
  if (preset === undefined) return undefined
  const changes = overrides.map((override) => {
    const at = override.indexOf('=')
    return [override.slice(0, at), override.slice(at + 1)] as const
  })
  const result = scriptSchema.safeParse({ ...preset, ...Object.fromEntries(changes) })
  return result.success ? result.data : undefined
}
