// Generated documents in many layouts: indentation, line ends, comments, trailing commas, a byte order mark, flow and block style.
import fc from 'fast-check'
import { stringify } from 'yaml'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import type { DocumentFormat } from '../../../src/tools/edit/document.ts'

export const formats = ['json', 'jsonc', 'json5', 'yaml', 'toml', 'dotenv'] as const satisfies DocumentFormat[]

export interface GeneratedDocument {
  readonly text: string
  /** Something to write into it. */
  readonly value: JsonValue
}

const key = fc.oneof(
  fc.constantFrom('env', 'models', 'provider', 'a', 'b', 'model_providers'),
  fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/),
)
const scalar = fc.oneof(
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(
    '',
    'x',
    'a b',
    'http://127.0.0.1:20128/v1',
    '# no comment',
    'ü"\\',
    "it's",
    '- x',
    'a: b',
    '{}',
    '@x',
  ),
)
const value = fc.oneof(
  scalar,
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(key, scalar, { minKeys: 1, maxKeys: 3, noNullPrototype: true }),
) as fc.Arbitrary<JsonValue>
const data = fc.dictionary(key, fc.oneof(value, fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true })), {
  maxKeys: 4,
  noNullPrototype: true,
}) as fc.Arbitrary<JsonObject>

const layout = fc.record({
  unit: fc.constantFrom('  ', '    ', '\t', ''),
  eol: fc.constantFrom('\n', '\r\n'),
  mark: fc.boolean(),
  finalEnd: fc.boolean(),
  trailingCommas: fc.boolean(),
  /** Decides at each place whether a comment stands there. */
  comments: fc.array(fc.boolean(), { maxLength: 12 }),
})

interface Layout {
  readonly unit: string
  readonly trailingCommas: boolean
  /** Taken from one by one; none once it is empty. */
  readonly comments: boolean[]
}

export function anyDocument(format: DocumentFormat): fc.Arbitrary<GeneratedDocument> {
  const root =
    format === 'dotenv' ? (fc.dictionary(fc.stringMatching(/^[A-Z][A-Z_]{0,6}$/), scalar) as typeof data) : data
  const written = format === 'dotenv' ? (fc.stringMatching(/^[ -&(-[\]-~]{0,12}$/) as fc.Arbitrary<JsonValue>) : value
  return fc.tuple(root, layout, written).map(([content, style, wanted]) => {
    const plain = render(format, content, { ...style, comments: [...style.comments] })
    const ended = style.finalEnd ? plain : plain.replace(/\n$/, '')
    return { text: (style.mark ? '\uFEFF' : '') + ended.replaceAll('\n', style.eol), value: wanted }
  })
}

function render(format: DocumentFormat, content: JsonObject, style: Layout): string {
  if (format === 'yaml') return renderYaml(content, style)
  if (format === 'toml') return renderToml(content, style)
  if (format === 'dotenv') return renderDotenv(content, style)
  return `${renderJson(content, style, format !== 'json', format === 'json5', '')}\n`
}

function hasComment(style: Layout): boolean {
  return style.comments.shift() ?? false
}

function renderJson(node: unknown, style: Layout, loose: boolean, bareKeys: boolean, indent: string): string {
  if (typeof node !== 'object' || node === null) return JSON.stringify(node)
  const isList = Array.isArray(node)
  const [open, close] = isList ? ['[', ']'] : ['{', '}']
  const inner = indent + style.unit
  const parts = Object.entries(node).map(([name, child]) => {
    const rendered = renderJson(child, style, loose, bareKeys, inner)
    const label = bareKeys && /^[a-z]+$/.test(name) && hasComment(style) ? name : JSON.stringify(name)
    return isList ? rendered : `${label}: ${rendered}`
  })
  if (parts.length === 0) return open + close
  if (style.unit === '') return open + parts.join(',') + close
  const lines = parts.map((part, index) => {
    const isLast = index === parts.length - 1
    const comma = isLast && !(loose && style.trailingCommas) ? '' : ','
    const before = loose && hasComment(style) ? `${inner}// before\n` : ''
    const behind = loose && hasComment(style) ? ' /* behind */' : ''
    return `${before}${inner}${part}${comma}${behind}`
  })
  return `${open}\n${lines.join('\n')}\n${indent}${close}`
}

function renderYaml(content: JsonObject, style: Layout): string {
  if (Object.keys(content).length === 0) return hasComment(style) ? '# empty\n' : ''
  const flow = hasComment(style)
  const head = hasComment(style) ? '# head\n---\n' : ''
  const blocks = Object.entries(content).map(([name, child]) => {
    const isFlow = flow && typeof child === 'object'
    const block = isFlow
      ? `${name}: ${JSON.stringify(child)}\n`
      : stringify({ [name]: child }, { indent: style.unit.length > 2 ? 4 : 2 })
    const comment = hasComment(style) ? `# about ${name}\n` : ''
    return comment + (hasComment(style) ? block.replace(/\n$/, ' # behind\n') : block) + (hasComment(style) ? '\n' : '')
  })
  return head + blocks.join('') + (hasComment(style) ? '# end\n' : '')
}

function renderToml(content: JsonObject, style: Layout): string {
  const keys: string[] = []
  const tables: string[] = []
  for (const [name, child] of Object.entries(content)) {
    const behind = hasComment(style) ? ' # behind' : ''
    if (typeof child !== 'object' || child === null || Array.isArray(child) || hasComment(style)) {
      keys.push(
        `${hasComment(style) ? '# before\n' : ''}${name}${hasComment(style) ? ' ' : ''}= ${tomlValue(child)}${behind}\n`,
      )
      continue
    }
    const body = Object.entries(child).map(([inner, each]) => `${style.unit}${inner} = ${tomlValue(each)}\n`)
    tables.push(`${hasComment(style) ? '\n# table\n' : ''}[${name}]${behind}\n${body.join('')}`)
  }
  return keys.join('') + tables.join(hasComment(style) ? '\n' : '') + (hasComment(style) ? '# end\n' : '')
}

function tomlValue(node: unknown): string {
  if (Array.isArray(node)) return `[ ${node.map(tomlValue).join(',')} ]`
  if (typeof node === 'object' && node !== null)
    return `{${Object.entries(node)
      .map(([name, child]) => `${name} = ${tomlValue(child)}`)
      .join(', ')}}`
  return JSON.stringify(node)
}

function renderDotenv(content: JsonObject, style: Layout): string {
  const lines = Object.entries(content).map(([name, child]) => {
    const prefix = hasComment(style) ? 'export ' : ''
    return `${hasComment(style) ? '# before\n' : ''}${prefix}${name}='${String(child).replace(/['\\]/g, '')}'${hasComment(style) ? ' # c' : ''}\n`
  })
  return lines.join('')
}
