// The tables of README.md that are drawn from data: providers from src/providers, settings and commands from the manifest.
// Each stands between two comments, `<!-- NAME:begin … -->` and `<!-- NAME:end -->`; what is between them is replaced.

const wireWords = {
  'openai-chat': 'Chat',
  'openai-responses': 'Responses',
  'anthropic-messages': 'Messages',
  'gemini-generate': 'Gemini',
}

const keyWords = { required: 'required', optional: 'if the server wants one', none: 'none' }

/** README.md with its tables brought up to date. Throws when one of them has lost its place. */
export function withTables(readme, { providers, manifest, texts }) {
  const tables = {
    providers: table(['Provider', 'Id', 'Key', 'Wires, best first', 'Address'], providers.map(providerRow)),
    settings: table(['Setting', 'Default', 'What it does'], settingRows(manifest, texts)),
    commands: table(['Command', 'Id'], commandRows(manifest, texts)),
  }
  return Object.entries(tables).reduce((text, [name, rows]) => replaceBetween(text, name, rows), readme)
}

function providerRow({ id, name, website, key, wires, baseUrl, wireBaseUrls, builtIn, editor }) {
  const addresses = [baseUrl, ...Object.values(wireBaseUrls ?? {})].filter((address) => address !== undefined)
  const where = builtIn
    ? 'none: it runs inside the gateway'
    : editor
      ? 'none: through the editor that runs the gateway'
      : 'the base URL you give'
  return [
    website === undefined ? name : `[${name}](${website})`,
    `\`${id}\``,
    keyWords[key],
    wires.map((wire) => wireWords[wire]).join(', '),
    addresses.length === 0 ? where : addresses.map((address) => `\`${address}\``).join(', '),
  ]
}

function settingRows(manifest, texts) {
  return manifest.contributes.configuration.flatMap(({ properties }) =>
    Object.entries(properties).map(([id, setting]) => [
      `\`${id}\``,
      `\`${JSON.stringify(setting.default)}\``,
      inWords(setting.markdownDescription, texts),
    ]),
  )
}

function commandRows(manifest, texts) {
  return manifest.contributes.commands.map(({ command, category, title }) => [
    `${category}: ${inWords(title, texts)}`,
    `\`${command}\``,
  ])
}

/** The English of a `%key%` of the manifest. */
function inWords(text, texts) {
  return text.replace(/^%(.+)%$/, (whole, key) => texts[key] ?? whole)
}

export function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

export function replaceBetween(text, name, rows) {
  const place = new RegExp(`(<!-- ${name}:begin[^>]*-->\\n)[\\s\\S]*?(<!-- ${name}:end -->)`)
  if (!place.test(text)) throw new Error(`README.md has no place for the table "${name}".`)
  return text.replace(place, (_, before, after) => `${before}\n${rows}\n\n${after}`)
}
